package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.ACK;
import static dev.berth.proxy.testing.H2Client.DATA;
import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static dev.berth.proxy.testing.H2Client.GOAWAY;
import static dev.berth.proxy.testing.H2Client.PING;
import static dev.berth.proxy.testing.H2Client.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Frame;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** An edge that stops while streams without an end are open on a connection. */
class Http2DrainTest {
    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String GOING_AWAY = "\u0088\u0002\u0003\u00e9";

    @Test
    void eventStream_endsCleanlyBetweenTwoGoAways() throws Exception {
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(EVENTS + "7\r\ndata: 1\r\n");
                            conversation.readAll();
                        });
        TestEdge edge = TestEdge.start();
        try (backend;
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.get(1, "/");

            List<Frame> frames = framesUntilTheEnd(edge, client);

            assertTwoGoAways(frames);
            assertThat(text(frames)).isEqualTo("data: 1");
            assertThat(frames).filteredOn(f -> f.type() == DATA).last().matches(this::isLast);
            assertThat(frames).noneMatch(f -> f.type() == RST_STREAM && f.number(0) != 0);
        }
    }

    /** RFC 8441: its clients get the Close frame of RFC 6455 before the stream ends. */
    @Test
    void tunnel_getsClose1001AndEndsBetweenTwoGoAways() throws Exception {
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            accept(conversation, Objects.requireNonNull(self.next(conversation)));
                            conversation.readAll();
                        });
        TestEdge edge = TestEdge.start();
        try (backend;
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.headers(
                    1,
                    0,
                    ":method",
                    "CONNECT",
                    ":protocol",
                    "websocket",
                    ":scheme",
                    "http",
                    ":path",
                    "/ws",
                    ":authority",
                    "a.test",
                    "sec-websocket-version",
                    "13");

            List<Frame> frames = framesUntilTheEnd(edge, client);

            assertTwoGoAways(frames);
            assertThat(text(frames)).isEqualTo(GOING_AWAY);
            assertThat(frames).filteredOn(f -> f.type() == DATA).last().matches(this::isLast);
        }
    }

    private boolean isLast(Frame frame) {
        return frame.has(END_STREAM);
    }

    /** Closes the edge once a stream is open, and answers its PING. */
    private static List<Frame> framesUntilTheEnd(TestEdge edge, H2Client client)
            throws InterruptedException {
        await().until(() -> edge.edge().inFlight().stream().anyMatch(f -> f.streams() == 1));
        Thread closing = Thread.ofVirtual().start(edge::close);
        List<Frame> frames = new ArrayList<>();
        for (Frame frame = client.next(); frame != null; frame = client.next()) {
            frames.add(frame);
            if (frame.type() == PING && !frame.has(ACK)) {
                client.frame(PING, ACK, 0, frame.payload());
            }
        }
        closing.join();
        return frames;
    }

    private static void assertTwoGoAways(List<Frame> frames) {
        List<Frame> goAways = frames.stream().filter(f -> f.type() == GOAWAY).toList();
        assertThat(goAways).extracting(f -> f.number(0)).containsExactly(Integer.MAX_VALUE, 1);
        assertThat(goAways).extracting(f -> f.number(4)).containsOnly(0);
    }

    private static String text(List<Frame> frames) {
        StringBuilder text = new StringBuilder();
        frames.stream()
                .filter(f -> f.type() == DATA)
                .forEach(f -> text.append(new String(f.payload(), StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    private static void accept(Conversation conversation, String head) throws Exception {
        String key = Conversation.field(head, "sec-websocket-key");
        byte[] hash =
                MessageDigest.getInstance("SHA-1")
                        .digest(
                                (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                        .getBytes(StandardCharsets.US_ASCII));
        conversation.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: "
                        + Base64.getEncoder().encodeToString(hash)
                        + "\r\n\r\n");
    }
}
