package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.DATA;
import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static dev.berth.proxy.testing.H2Client.HEADERS;
import static dev.berth.proxy.testing.H2Client.RST_STREAM;
import static dev.berth.proxy.testing.H2Client.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Frame;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** WebSocket on streams of HTTP/2 (RFC 8441), to backends that speak HTTP/1. */
class Http2WebSocketTest {
    private static final int ENABLE_CONNECT_PROTOCOL = 8;

    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void settings_offerIt() {
        try (H2Client client = H2Client.connect(edge.port())) {
            ByteBuffer settings =
                    ByteBuffer.wrap(Objects.requireNonNull(client.next(SETTINGS)).payload());
            int offered = 0;
            while (settings.hasRemaining()) {
                if (settings.getShort() == ENABLE_CONNECT_PROTOCOL) {
                    offered = settings.getInt();
                } else {
                    settings.getInt();
                }
            }
            assertThat(offered).isEqualTo(1);
        }
    }

    @Test
    void bothWays_bytesPassAsTheyAre() {
        try (TestBackend backend = serving(echoing());
                H2Client client = H2Client.connect(edge.port())) {
            Http2Headers answer = open(client, 1, "websocket");
            assertThat(answer.status()).hasToString("200");
            assertThat(answer.get("sec-websocket-protocol")).hasToString("chat");
            assertThat(answer.contains("sec-websocket-accept") || answer.contains("upgrade"))
                    .isFalse();
            assertThat(backend.heads().getFirst())
                    .startsWith("GET /ws HTTP/1.1\r\n")
                    .containsIgnoringCase("connection: upgrade\r\n")
                    .containsIgnoringCase("upgrade: websocket")
                    .containsIgnoringCase("sec-websocket-version: 13")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("content-length");
            for (int i = 0; i < 3; i++) {
                client.data(1, 0, "\u0081\u0085bytes " + i);
                assertThat(text(client)).isEqualTo("\u0081\u0085bytes " + i);
            }
            assertThat(edge.edge().inFlight()).hasSize(1);
            client.get(3, "/other");
            assertThat(text(client)).isEqualTo("not a socket");
            client.data(1, END_STREAM, "");
            Frame end = Objects.requireNonNull(client.next(DATA));
            assertThat(end.has(END_STREAM)).isTrue();
        }
        await().until(() -> edge.edge().inFlight().isEmpty());
    }

    @Test
    void strippedRoute_isAskedForWithoutThePrefix() {
        try (TestBackend backend = echoing();
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(
                    Routes.proxyAt("a.test", "/ws", backend.address())
                            .with(new PolicyOf().stripPrefix().build()));

            assertThat(open(client, 1, "websocket").status()).hasToString("200");
            assertThat(backend.heads().getFirst())
                    .startsWith("GET / HTTP/1.1\r\n")
                    .contains("X-Forwarded-Prefix: /ws\r\n")
                    .containsIgnoringCase("upgrade: websocket");
            client.data(1, 0, "bytes");
            assertThat(text(client)).isEqualTo("bytes");
        }
    }

    @Test
    void bytesBeforeTheAnswer_areHeld() throws Exception {
        CountDownLatch early = new CountDownLatch(1);
        TestBackend slow =
                TestBackend.start(
                        (conversation, self) -> {
                            String head = Objects.requireNonNull(self.next(conversation));
                            early.await();
                            accept(conversation, head);
                            conversation.send(conversation.read(5));
                            conversation.readAll();
                        });
        try (TestBackend backend = serving(slow);
                H2Client client = H2Client.connect(edge.port())) {
            connect(client, 1, "websocket").data(1, 0, "early");
            await().until(() -> !backend.heads().isEmpty());
            early.countDown();

            assertThat(client.decode(Objects.requireNonNull(client.next(HEADERS))).status())
                    .hasToString("200");
            assertThat(text(client)).isEqualTo("early");
        }
    }

    @Test
    void backend_refuses_isAnOrdinaryAnswer() {
        try (TestBackend _ = serving(TestBackend.saying("no"));
                H2Client client = H2Client.connect(edge.port())) {
            connect(client, 1, "websocket").data(1, 0, "early");
            H2Client.Answer answer = client.answer(1);

            assertThat(answer.body()).isEqualTo("no");
            assertThat(client.get(3, "/").answer(3).body()).isEqualTo("no");
        }
    }

    @Test
    void backend_doesNotKnowTheKey_is502() {
        TestBackend lying =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    """
                                    HTTP/1.1 101 Switching Protocols
                                    Connection: Upgrade
                                    Upgrade: websocket
                                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

                                    """
                                            .replace("\n", "\r\n"));
                            conversation.readAll();
                        });
        try (TestBackend _ = serving(lying);
                H2Client client = H2Client.connect(edge.port())) {
            assertThat(connect(client, 1, "websocket").answer(1).status()).isEqualTo(502);
        }
    }

    @Test
    void otherProtocol_andPlainConnect_areRefused() {
        try (TestBackend backend = serving(TestBackend.echo());
                H2Client client = H2Client.connect(edge.port())) {
            assertThat(connect(client, 1, "connect-udp").answer(1).status()).isEqualTo(405);
            client.headers(3, 0, ":method", "CONNECT", ":authority", "a.test:80");
            assertThat(client.answer(3).status()).isEqualTo(405);
            assertThat(backend.heads()).isEmpty();
        }
    }

    @Test
    void client_resets_backendIsClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TestBackend waiting =
                TestBackend.start(
                        (conversation, self) -> {
                            accept(conversation, Objects.requireNonNull(self.next(conversation)));
                            conversation.readAll();
                            closed.countDown();
                        });
        try (TestBackend _ = serving(waiting);
                H2Client client = H2Client.connect(edge.port())) {
            open(client, 1, "websocket");
            client.reset(1, 8);

            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void backend_closes_streamEndsAfterTheLastByte() {
        TestBackend leaving =
                TestBackend.start(
                        (conversation, self) -> {
                            accept(conversation, Objects.requireNonNull(self.next(conversation)));
                            conversation.send("x".repeat(50_000));
                        });
        try (TestBackend _ = serving(leaving);
                H2Client client = H2Client.connect(edge.port())) {
            open(client, 1, "websocket");
            int length = 0;
            Frame frame;
            do {
                frame = Objects.requireNonNull(client.next(DATA));
                length += frame.payload().length;
            } while (!frame.has(END_STREAM));
            assertThat(length).isEqualTo(50_000);
            assertThat(Objects.requireNonNull(client.next(RST_STREAM)).number(0)).isZero();
        }
    }

    /** For as long as it takes something: longer than a closed connection lingers. */
    @Test
    void backend_closes_slowReaderGetsTheTail() throws Exception {
        int size = 100_000;
        int sip = 10_000;
        TestBackend leaving =
                TestBackend.start(
                        (conversation, self) -> {
                            accept(conversation, Objects.requireNonNull(self.next(conversation)));
                            conversation.send("x".repeat(size));
                        });
        try (TestEdge slow = TestEdge.start(lingering(Duration.ofMillis(50)));
                TestBackend backend = leaving;
                H2Client client = H2Client.connect(slow.port()).setting(4, 0)) {
            slow.serve(Routes.proxy("a.test", backend.address()));
            open(client.window(0, size), 1, "websocket");
            await().until(() -> slow.edge().inFlight().isEmpty());
            int length = 0;
            Frame frame = null;
            while (length < size) {
                await().pollDelay(Duration.ofMillis(60)).until(() -> true);
                client.window(1, sip);
                for (int sipped = 0; sipped < sip; sipped += frame.payload().length) {
                    frame = Objects.requireNonNull(client.next(DATA));
                    length += frame.payload().length;
                }
            }
            assertThat(
                            Objects.requireNonNull(frame).has(END_STREAM)
                                    || Objects.requireNonNull(client.next(DATA)).has(END_STREAM))
                    .isTrue();
            assertThat(Objects.requireNonNull(client.next(RST_STREAM)).number(0)).isZero();
        }
    }

    @Test
    void backend_closes_tailIsNeverTaken_streamIsResetAtTheLimit() {
        TestBackend leaving =
                TestBackend.start(
                        (conversation, self) -> {
                            accept(conversation, Objects.requireNonNull(self.next(conversation)));
                            conversation.send("x".repeat(1000));
                        });
        try (TestEdge quick = TestEdge.start(TestTimeouts.quick());
                TestBackend backend = leaving) {
            quick.serve(Routes.proxy("a.test", backend.address()));
            try (H2Client client = H2Client.connect(quick.port()).setting(4, 0)) {
                open(client, 1, "websocket");

                assertThat(Objects.requireNonNull(client.next(RST_STREAM)).number(0)).isEqualTo(8);
            }
        }
    }

    private static Timeouts lingering(Duration linger) {
        Timeouts usual = Timeouts.DEFAULT;
        return new Timeouts(
                usual.connect(),
                usual.requestHead(),
                usual.nextRequest(),
                usual.requestBody(),
                usual.responseHead(),
                usual.responseBody(),
                usual.stall(),
                usual.tunnel(),
                usual.upstreamIdle(),
                linger,
                usual.drain());
    }

    @Test
    void connection_drops_backendIsClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TestBackend waiting =
                TestBackend.start(
                        (conversation, self) -> {
                            accept(conversation, Objects.requireNonNull(self.next(conversation)));
                            conversation.readAll();
                            closed.countDown();
                        });
        try (TestBackend _ = serving(waiting)) {
            try (H2Client client = H2Client.connect(edge.port())) {
                open(client, 1, "websocket");
            }
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static H2Client connect(H2Client client, int stream, String protocol) {
        return client.headers(
                stream,
                0,
                ":method",
                "CONNECT",
                ":protocol",
                protocol,
                ":scheme",
                "http",
                ":path",
                "/ws",
                ":authority",
                "a.test",
                "sec-websocket-version",
                "13",
                "sec-websocket-protocol",
                "chat");
    }

    private static Http2Headers open(H2Client client, int stream, String protocol) {
        connect(client, stream, protocol);
        return client.decode(Objects.requireNonNull(client.next(HEADERS)));
    }

    private static String text(H2Client client) {
        return new String(
                Objects.requireNonNull(client.next(DATA)).payload(), StandardCharsets.ISO_8859_1);
    }

    private static TestBackend serving(TestBackend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }

    private static TestBackend echoing() {
        return TestBackend.start(
                (conversation, self) -> {
                    String head = Objects.requireNonNull(self.next(conversation));
                    if (!head.contains("websocket")) {
                        conversation.send(TestBackend.ok("not a socket"));
                        return;
                    }
                    accept(conversation, head);
                    byte[] buffer = new byte[1024];
                    for (int read = conversation.in().read(buffer);
                            read >= 0;
                            read = conversation.in().read(buffer)) {
                        conversation.socket().getOutputStream().write(buffer, 0, read);
                    }
                });
    }

    private static void accept(Conversation conversation, String head)
            throws IOException, GeneralSecurityException {
        String key = Conversation.field(head, "sec-websocket-key");
        byte[] hash =
                MessageDigest.getInstance("SHA-1")
                        .digest(
                                (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                                        .getBytes(StandardCharsets.US_ASCII));
        conversation.send(
                """
                HTTP/1.1 101 Switching Protocols
                Connection: Upgrade
                Upgrade: websocket
                Sec-WebSocket-Protocol: chat
                Sec-WebSocket-Accept: %s

                """
                        .formatted(Base64.getEncoder().encodeToString(hash))
                        .replace("\n", "\r\n"));
    }
}
