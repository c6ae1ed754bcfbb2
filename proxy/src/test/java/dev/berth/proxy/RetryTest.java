package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Backend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is sent again, and what never is. */
class RetryTest {
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
    void request_onlyBackendRefuses_is502() throws IOException {
        edge.serve(Routes.proxy("a.test", refusing()));

        Response response = get();

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.field("proxy-status")).isEqualTo("berth; error=connection_refused");
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    @Test
    void request_oneBackendRefuses_anotherAnswersEvenPosts() throws IOException {
        try (TestBackend backend = TestBackend.echo()) {
            edge.serve(Routes.proxy("a.test", refusing(), backend.address(), refusing()));

            for (int i = 0; i < 20; i++) {
                assertThat(get().status()).isEqualTo(200);
                assertThat(send("POST", "body " + i).body()).endsWith("body " + i);
            }
        }
    }

    @Test
    void request_pooledConnectionClosedUnderIt_isSentAgainOnce() {
        try (TestBackend backend = serving(answeringOnce())) {
            for (int i = 0; i < 10; i++) {
                assertThat(get().status()).isEqualTo(200);
                assertThat(send("PUT", "body " + i).body()).isEqualTo("body " + i);
            }
            // Each answer but the first used a pooled connection in vain and then a fresh one.
            assertThat(backend.connections()).isGreaterThan(10);
        }
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    /** It has begun to answer, and its client knows (RFC 9110 section 15.2). */
    @Test
    void request_pooledConnectionClosedAfterA103_isNotSentAgain() {
        TestBackend hinting =
                TestBackend.start(
                        (conversation, backend) -> {
                            String head = backend.next(conversation);
                            if (head != null) {
                                conversation.send(TestBackend.ok(conversation.readBody(head)));
                                if (backend.next(conversation) != null) {
                                    conversation.send(
                                            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                                }
                            }
                        });
        try (TestBackend backend = serving(hinting);
                RawClient client = RawClient.connect(edge.port())) {
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            client.send("GET /hinted HTTP/1.1\r\nHost: a.test\r\n\r\n");

            assertThat(client.response().status()).isEqualTo(103);
            assertThat(client.response().status()).isEqualTo(502);
            assertThat(backend.heads()).hasSize(2);
        }
    }

    @Test
    void request_notIdempotent_neverUsesAPooledConnection() {
        try (TestBackend backend = serving(answeringOnce())) {
            for (int i = 0; i < 10; i++) {
                assertThat(send("POST", "body " + i).body()).isEqualTo("body " + i);
            }
            assertThat(backend.heads()).hasSize(10);
        }
    }

    @Test
    void request_bodyTooLargeToKeep_neverUsesAPooledConnection() {
        try (TestBackend _ = serving(answeringOnce())) {
            String large = "x".repeat(100_000);
            for (int i = 0; i < 3; i++) {
                assertThat(get().status()).isEqualTo(200);
                assertThat(send("PUT", large).body()).isEqualTo(large);
            }
        }
    }

    @Test
    void request_freshConnectionClosedWithoutAnswer_is502AndSentOnce() {
        TestBackend rude = TestBackend.start((conversation, backend) -> backend.next(conversation));
        try (TestBackend backend = serving(rude)) {
            Response response = get();

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status"))
                    .isEqualTo("berth; error=connection_terminated");
            assertThat(backend.heads()).hasSize(1);
        }
    }

    @Test
    void request_answerHasBegun_isNotSentAgain() {
        TestBackend breaking =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(TestBackend.ok("x"));
                            backend.next(conversation);
                            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                        });
        try (TestBackend backend = serving(breaking);
                RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send(request("GET", "")).response().status()).isEqualTo(200);

            assertThat(client.send(request("GET", "")).rest()).endsWith("half");
            assertThat(backend.heads()).hasSize(2);
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_backendClosesIdleConnectionsAtRandom_noneFails() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20_260_102L);
        TestBackend fickle =
                TestBackend.start(
                        (conversation, backend) -> {
                            int requests;
                            synchronized (random) {
                                requests = 1 + random.nextInt(4);
                            }
                            for (int i = 0; i < requests; i++) {
                                String head = backend.next(conversation);
                                if (head == null) {
                                    return;
                                }
                                conversation.send(TestBackend.ok(conversation.readBody(head)));
                            }
                        });
        try (TestBackend _ = serving(fickle);
                RawClient client = RawClient.connect(edge.port())) {
            for (int i = 0; i < 500; i++) {
                String method = i % 3 == 0 ? "POST" : i % 3 == 1 ? "PUT" : "GET";
                Response response = client.send(request(method, "body")).response();

                assertThat(response.status()).as("request " + i).isEqualTo(200);
                assertThat(response.body()).isEqualTo("body");
            }
        }
    }

    @Test
    void pool_idleConnection_isClosedByUsFirst() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        TestBackend waiting =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(TestBackend.ok("x"));
                            conversation.readAll();
                            closed.countDown();
                        });
        Timeouts d = Timeouts.DEFAULT;
        Timeouts shortIdle =
                new Timeouts(
                        d.connect(),
                        d.requestHead(),
                        d.nextRequest(),
                        d.requestBody(),
                        d.responseHead(),
                        d.responseBody(),
                        d.stall(),
                        d.tunnel(),
                        Duration.ofMillis(200),
                        d.linger(),
                        d.drain());
        try (TestEdge other = TestEdge.start(shortIdle);
                TestBackend backend = waiting) {
            other.serve(Routes.proxy("a.test", backend.address()));
            assertThat(RawClient.get(other.port(), "a.test", "/").status()).isEqualTo(200);

            closed.await();
        }
    }

    @Test
    void pool_backendNoLongerRouted_keepsNoConnection() {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        TestBackend slow =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            answer.await();
                            conversation.send(TestBackend.ok("x"));
                            conversation.readAll();
                            closed.countDown();
                        });
        try (TestBackend backend = serving(slow);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(request("GET", ""));
            await().until(() -> !backend.heads().isEmpty());
            edge.serve();
            answer.countDown();

            assertThat(client.response().status()).isEqualTo(200);
            await().until(() -> closed.getCount() == 0);
        }
    }

    private static TestBackend serving(TestBackend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }

    /** Answers one request on a connection and closes it when the next one has come. */
    private static TestBackend answeringOnce() {
        return TestBackend.start(
                (conversation, backend) -> {
                    String head = backend.next(conversation);
                    if (head != null) {
                        conversation.send(TestBackend.ok(conversation.readBody(head)));
                        conversation.readHead();
                    }
                });
    }

    private static Backend refusing() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Backend("gone", "127.0.0.1", server.getLocalPort());
        }
    }

    private static Response get() {
        return RawClient.get(edge.port(), "a.test", "/");
    }

    private static Response send(String method, String body) {
        return RawClient.exchange(edge.port(), request(method, body));
    }

    private static String request(String method, String body) {
        return "%s / HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(method, body.length(), body);
    }
}
