package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.H2Backend;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which of its deadlines counts for a connection. */
class AnswerDeadlinesTest {
    private static final Duration SHORT = Duration.ofMillis(700);

    @Test
    void h2cBackend_answerEndsWhileItIsReadOn_connectionIsThenIdle() throws IOException {
        String body = "x".repeat(6 << 20);
        H2Backend large =
                H2Backend.start(
                        (stream, fields, sent, last) -> {
                            stream.head(false, ":status", "200");
                            stream.data(body, true);
                        });
        Timeouts idle = with(SHORT, Timeouts.DEFAULT.stall());
        try (TestEdge edge = TestEdge.start(idle);
                H2Backend backend = large;
                RawClient client = RawClient.connect(edge.port(), 4096)) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            await().pollDelay(Duration.ofMillis(300)).until(() -> !backend.heads().isEmpty());
            client.conversation().readHead();
            byte[] all = client.conversation().in().readAllBytes();

            assertThat(all).as("answered, then closed for being idle").hasSizeGreaterThan(6 << 20);
        }
    }

    @Test
    void clientTakesNothing_butSends_isCutAllTheSame() {
        TestBackend talking =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                            Thread reader =
                                    Thread.ofVirtual()
                                            .start(
                                                    () -> {
                                                        try {
                                                            conversation.readAll();
                                                        } catch (IOException e) {
                                                            // cut by the edge
                                                        }
                                                    });
                            byte[] piece = new byte[100_000];
                            for (int i = 0; i < 1000; i++) {
                                conversation.send(piece);
                            }
                            reader.join();
                        });
        Timeouts stalls = with(Timeouts.DEFAULT.nextRequest(), SHORT);
        try (TestEdge edge = TestEdge.start(stalls);
                TestBackend backend = talking;
                RawClient client = RawClient.connect(edge.port(), 4096)) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");

            await().atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> isCutAfter(client, "1\r\nx\r\n"));
            await().until(() -> edge.edge().inFlight().isEmpty());
        }
    }

    private static boolean isCutAfter(RawClient client, String piece) {
        try {
            client.conversation().send(piece);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static Timeouts with(Duration nextRequest, Duration stall) {
        Timeouts d = Timeouts.DEFAULT;
        return new Timeouts(
                d.connect(),
                d.requestHead(),
                nextRequest,
                d.requestBody(),
                d.responseHead(),
                d.responseBody(),
                stall,
                d.tunnel(),
                d.upstreamIdle(),
                d.linger(),
                d.drain());
    }
}
