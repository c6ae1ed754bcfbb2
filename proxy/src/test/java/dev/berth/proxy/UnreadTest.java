package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that ask and take no answers. */
class UnreadTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private static final int PIPELINED = 1500;
    private static final int CONNECTIONS = 10;
    private static final int STREAMS = 100;
    private static final long MIB = 1 << 20;

    @Test
    void requests_pipelinedWithoutReading_areNotAllAnswered() {
        String body = "x".repeat(20_000);
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.saying(body);
                RawClient client = RawClient.connect(edge.port(), 4096)) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.send(GET.repeat(PIPELINED));
            settle(backend);
            assertThat(backend.heads()).hasSizeBetween(2, PIPELINED / 2);

            for (int i = 0; i < PIPELINED; i++) {
                assertThat(client.response().body()).as("answer " + i).isEqualTo(body);
            }
        }
    }

    /** Whatever the kernel takes of it, the end of one of these answers waits in the edge. */
    @Test
    void answer_lastPieceNeverTaken_connectionIsClosedAtTheLimit() {
        List<RawClient> clients = new ArrayList<>();
        try (TestEdge edge = TestEdge.start(TestTimeouts.quick());
                TestBackend backend = TestBackend.start((talk, self) -> sized(talk, self))) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            for (int i = 1; i <= 80; i++) {
                String get =
                        "GET /%d HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
                                .formatted(i * 64_000);
                clients.add(RawClient.connect(edge.port(), 4096).send(get));
            }
            await().until(() -> backend.heads().size() == clients.size());
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> edge.metric("berth_edge_connections") == 0);
            assertThat(edge.metric("berth_edge_unread_bytes")).isZero();
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void streams_windowNeverOpened_areGivenUpWhenMemoryIsShortAndOthersAreServed() {
        List<H2Client> greedy = new ArrayList<>();
        try (TestEdge edge = TestEdge.start(Timeouts.DEFAULT);
                TestBackend backend = TestBackend.start((talk, self) -> sized(talk, self));
                RawClient polite = RawClient.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            long most = 0;
            for (int c = 0; c < CONNECTIONS; c++) {
                H2Client client = H2Client.connect(edge.port()).setting(4, 0);
                greedy.add(client);
                for (int i = 0; i < STREAMS; i++) {
                    client.get(2 * i + 1, "/1000000");
                }
                for (int i = 0; i < 2; i++) {
                    String path = "GET /300000 HTTP/1.1\r\nHost: a.test\r\n\r\n";
                    assertThat(polite.send(path).response().body()).hasSize(300_000);
                    most = Math.max(most, edge.metric("berth_edge_unread_bytes"));
                }
            }
            await().until(() -> edge.metric("berth_edge_stalls_given_up_total") > 0);
            assertThat(polite.send(GET).response().status()).isEqualTo(200);
            // The JVM of the tests has 128 MiB for buffers, and half of it for these. What is read
            // while the greedy ones are being given up comes on top: more on a busy machine.
            assertThat(most).isBetween(16 * MIB, 112 * MIB);
            await().until(() -> edge.metric("berth_edge_unread_bytes") <= 64 * MIB);

            greedy.forEach(H2Client::close);
            await().until(() -> edge.metric("berth_edge_unread_bytes") == 0);
            assertThat(edge.edge().inFlight()).isEmpty();
        } finally {
            greedy.forEach(H2Client::close);
        }
    }

    /** Answers each request with as many bytes as its path says. */
    private static void sized(Conversation talk, TestBackend backend) throws Exception {
        byte[] piece = new byte[16_000];
        for (String head = backend.next(talk); head != null; head = backend.next(talk)) {
            String path = head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP"));
            int left = path.isEmpty() ? 0 : Integer.parseInt(path);
            talk.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(left));
            for (; left > 0; left -= piece.length) {
                talk.send(left < piece.length ? new byte[left] : piece);
            }
        }
    }

    /** Waits until the backend is asked no more. */
    private static void settle(TestBackend backend) {
        int[] before = {-1};
        await().pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            int now = backend.heads().size();
                            boolean same = now > 0 && now == before[0];
                            before[0] = now;
                            return same;
                        });
    }
}
