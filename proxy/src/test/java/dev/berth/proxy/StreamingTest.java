package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies pass as they come, and no faster than they are taken. */
@SuppressWarnings("StringConcatToTextBlock") // the wire wants CR LF
class StreamingTest {
    private static final long HUGE = 200L << 20;
    private static final byte[] PIECE = new byte[256 * 1024];

    /** Socket buffers of four sockets and what the edge may hold between them. */
    private static final long MOST_IN_FLIGHT = 24L << 20;

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
    void eventStream_eachEvent_arrivesBeforeTheNextIsMade() throws IOException {
        BlockingQueue<String> events = new ArrayBlockingQueue<>(1);
        TestBackend stream =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                            + "Transfer-Encoding: chunked\r\n\r\n");
                            while (true) {
                                String event = "data: " + events.take() + "\n\n";
                                conversation.send(
                                        Integer.toHexString(event.length())
                                                + "\r\n"
                                                + event
                                                + "\r\n");
                            }
                        });
        try (TestBackend _ = serving(stream);
                RawClient client = RawClient.connect(edge.port())) {
            Conversation conversation = client.send(get()).conversation();
            assertThat(conversation.readHead()).contains("text/event-stream");
            for (int i = 0; i < 5; i++) {
                events.add("n" + i);

                assertThat(conversation.readLine()).isEqualTo("a");
                assertThat(conversation.read(12)).isEqualTo("data: n" + i + "\n\n\r\n");
            }
        }
        await().until(() -> edge.edge().inFlight().isEmpty());
    }

    @Test
    void expectContinue_backendSays100_clientGetsItAndSendsItsBody() {
        TestBackend careful =
                TestBackend.start(
                        (conversation, backend) -> {
                            String head = String.valueOf(backend.next(conversation));
                            conversation.send("HTTP/1.1 100 Continue\r\n\r\n");
                            conversation.send(
                                    TestBackend.ok(head + "\n" + conversation.readBody(head)));
                        });
        try (TestBackend _ = serving(careful);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(
                    "PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n"
                            + "Expect: 100-continue\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(100);

            client.send("hello");

            assertThat(client.response().body()).contains("Expect: 100-continue").endsWith("hello");
        }
    }

    @Test
    void expectContinue_backendRefuses_clientNeverSendsItsBody() {
        TestBackend refusing =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
                            conversation.readAll();
                        });
        try (TestBackend _ = serving(refusing);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(
                    "PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n"
                            + "Expect: 100-continue\r\n\r\n");

            assertThat(client.response().status()).isEqualTo(401);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void earlyHints_arePassedToHttp11Only() {
        TestBackend hinting =
                TestBackend.start(
                        (conversation, backend) -> {
                            while (backend.next(conversation) != null) {
                                conversation.send(
                                        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                                                + TestBackend.ok("x"));
                            }
                        });
        try (TestBackend _ = serving(hinting)) {
            try (RawClient client = RawClient.connect(edge.port())) {
                assertThat(client.send(get()).response().field("link")).isEqualTo("</a.css>");
                assertThat(client.response().body()).isEqualTo("x");
            }
            assertThat(RawClient.exchange(edge.port(), "GET / HTTP/1.0\r\nHost: a.test\r\n\r\n"))
                    .satisfies(response -> assertThat(response.status()).isEqualTo(200));
        }
    }

    @Test
    void download_slowReader_backendIsHeldBack() throws IOException {
        AtomicLong sent = new AtomicLong();
        TestBackend source =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + HUGE + "\r\n\r\n");
                            while (sent.get() < HUGE) {
                                conversation.send(PIECE);
                                sent.addAndGet(PIECE.length);
                            }
                        });
        try (TestBackend _ = serving(source);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(get());
            client.conversation().readHead();
            awaitStandstill(sent);

            assertThat(sent.get()).as("sent while nobody reads").isLessThan(MOST_IN_FLIGHT);
            assertThat(directMemory()).isLessThan(32L << 20);

            assertThat(skip(client.conversation().in(), HUGE)).isEqualTo(HUGE);
            assertThat(directMemory()).isLessThan(32L << 20);
        }
    }

    @Test
    void upload_slowBackend_clientIsHeldBack() throws InterruptedException {
        CountDownLatch reading = new CountDownLatch(1);
        TestBackend sink =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            reading.await();
                            long received = skip(conversation.in(), HUGE);
                            conversation.send(TestBackend.ok(Long.toString(received)));
                        });
        AtomicLong sent = new AtomicLong();
        try (TestBackend _ = serving(sink);
                RawClient client = RawClient.connect(edge.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + HUGE + "\r\n\r\n");
            Thread uploader = Thread.ofVirtual().start(() -> upload(client, sent));
            awaitStandstill(sent);

            assertThat(sent.get()).as("sent while nobody reads").isLessThan(MOST_IN_FLIGHT);
            assertThat(directMemory()).isLessThan(32L << 20);

            reading.countDown();
            assertThat(client.response().body()).isEqualTo(Long.toString(HUGE));
            uploader.join();
        }
    }

    private static void upload(RawClient client, AtomicLong sent) {
        try {
            while (sent.get() < HUGE) {
                client.conversation().send(PIECE);
                sent.addAndGet(PIECE.length);
            }
        } catch (IOException e) {
            sent.set(-1);
        }
    }

    /** Until the count has not moved for a while: every buffer on the way is full. */
    private static void awaitStandstill(AtomicLong count) {
        AtomicLong last = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(300))
                .until(() -> count.get() > 0 && last.getAndSet(count.get()) == count.get());
    }

    private static long skip(InputStream in, long bytes) throws IOException {
        long skipped = 0;
        byte[] buffer = new byte[64 * 1024];
        while (skipped < bytes) {
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static TestBackend serving(TestBackend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }

    private static String get() {
        return "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    }
}
