package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.SwapBackend;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred deploys, as fast as control may ask for them, under clients of every kind: the new
 * release gets the route, the old one is stopped as soon as the edge reports that it is drained.
 */
class SwapIT {
    private static final int SWAPS = 200;
    private static final long EVERY_MILLIS = 230;
    private static final Duration GRACE = Duration.ofMillis(150);
    private static final String UPGRADE =
            String.join(
                    "\r\n",
                    "GET /ws HTTP/1.1",
                    "Host: a.test",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version: 13",
                    "",
                    "");
    private static final String PING = "\u0081\u0080\u0000\u0000\u0000\u0000";
    private static final String PONG = "\u0081\u0000";
    private static final String GOING_AWAY = "\u0088\u0002\u0003\u00e9";

    private final SwapBackend app = new SwapBackend();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger posted = new AtomicInteger();
    private final Map<Client, LongAdder> done = new ConcurrentHashMap<>();

    private enum Client {
        KeepAlive,
        OneShot,
        Http2,
        EventStream,
        WebSocket
    }

    @Test
    @Timeout(180)
    void swap_twoHundredTimesUnderEveryKindOfClient_noneFailsAndNothingComesTwice(
            @TempDir Path home) throws InterruptedException {
        List<Thread> retiring = new ArrayList<>();
        try (FakeControl control = FakeControl.start();
                TestEdge edge = TestEdge.start(home, control.url(), Timeouts.DEFAULT)) {
            TestBackend serving = app.release();
            long version = publish(control, 1, serving);
            List<Thread> clients = clients(edge.port());
            for (int i = 0; i < SWAPS; i++) {
                long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
                TestBackend old = serving;
                serving = app.release();
                long swapped = publish(control, ++version, serving);
                retiring.add(Thread.ofVirtual().start(() -> retire(control, swapped, old)));
                soon().until(() -> System.nanoTime() - next > 0);
            }
            for (Thread thread : retiring) {
                thread.join();
            }
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            serving.close();
        }
        assertThat(failures).isEmpty();
        assertThat(done).hasSize(Client.values().length);
        assertThat(done).allSatisfy((_, times) -> assertThat(times.sum()).isGreaterThan(SWAPS));
        assertThat(app.seen()).hasSize(posted.get());
        assertThat(app.seen()).allSatisfy((_, times) -> assertThat(times).hasValue(1));
    }

    private static long publish(FakeControl control, long version, TestBackend backend) {
        control.publish(
                Routes.snapshot(
                        version,
                        Routes.proxy("a.test", backend.address())
                                .with(new PolicyOf().streams(GRACE).build())));
        soon().until(() -> reported(control, version));
        return version;
    }

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    private static boolean reported(FakeControl control, long version) {
        EdgeReport report = control.lastReport();
        return report != null && report.version() >= version;
    }

    /** Stops a release once nothing of it is in flight. */
    private void retire(FakeControl control, long swapped, TestBackend old) {
        try {
            soon().atMost(Duration.ofSeconds(30))
                    .until(() -> reported(control, swapped) && isDrained(control, old));
        } catch (RuntimeException e) {
            failures.add("not drained: " + e);
        }
        old.close();
    }

    private static boolean isDrained(FakeControl control, TestBackend old) {
        EdgeReport report = control.lastReport();
        return report != null
                && report.inFlight().stream().noneMatch(f -> f.backend().equals(old.address()));
    }

    // ---- the clients

    private List<Thread> clients(int port) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            clients.add(start(Client.KeepAlive, () -> requests(port, 200)));
            clients.add(start(Client.OneShot, () -> requests(port, 1)));
            clients.add(start(Client.Http2, () -> streams(port)));
            clients.add(start(Client.EventStream, () -> events(port)));
            clients.add(start(Client.WebSocket, () -> messages(port)));
        }
        return clients;
    }

    @FunctionalInterface
    private interface Session {
        void run() throws IOException;
    }

    private Thread start(Client kind, Session session) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            while (!over.get()) {
                                try {
                                    session.run();
                                } catch (IOException | UncheckedIOException | AssertionError e) {
                                    failures.add(kind + ": " + e);
                                }
                            }
                        });
    }

    private void count(Client kind) {
        done.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    }

    private void requests(int port, int most) {
        Client kind = most == 1 ? Client.OneShot : Client.KeepAlive;
        try (RawClient client = RawClient.connect(port)) {
            for (int i = 0; i < most && !over.get(); i++) {
                long number = numbers.incrementAndGet();
                String method = number % 3 == 0 ? "GET" : number % 3 == 1 ? "POST" : "PUT";
                String body = method.equals("GET") ? "" : "body " + number;
                RawClient.Response response = client.send(request(method, number, body)).response();
                assertThat(response.status()).as(response.body()).isEqualTo(200);
                assertThat(response.body()).isEqualTo(body);
                count(kind);
            }
        }
    }

    private String request(String method, long number, String body) {
        return "%s / HTTP/1.1\r\nHost: a.test\r\n%sContent-Length: %d\r\n\r\n%s"
                .formatted(
                        method,
                        method.equals("POST") ? "X-Number: " + numbered(number) + "\r\n" : "",
                        body.length(),
                        body);
    }

    private String numbered(long number) {
        posted.incrementAndGet();
        return Long.toString(number);
    }

    private void streams(int port) {
        try (H2Client client = H2Client.connect(port)) {
            for (int stream = 1; stream < 400 && !over.get(); stream += 2) {
                long number = numbers.incrementAndGet();
                String body = "body " + number;
                String length = Integer.toString(body.length());
                client.request(
                                stream,
                                0,
                                "POST",
                                "/",
                                "x-number",
                                numbered(number),
                                "content-length",
                                length)
                        .data(stream, H2Client.END_STREAM, body);
                H2Client.Answer answer = client.answer(stream);
                assertThat(answer.ended()).as("ended").isTrue();
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(body);
                count(Client.Http2);
            }
        }
    }

    /** Reads until the stream ends as it should, which it does when its release goes. */
    private void events(int port) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            Conversation talk = client.conversation();
            client.send("GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(talk.readHead()).contains(" 200 ", "text/event-stream");
            for (String size = talk.readLine(); !size.equals("0"); size = talk.readLine()) {
                talk.read(Integer.parseInt(size, 16) + 2);
                count(Client.EventStream);
                if (over.get()) {
                    return;
                }
            }
        }
    }

    /** Exchanges messages until it is told that its release goes. */
    private void messages(int port) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            Conversation talk = client.conversation();
            while (!over.get()) {
                talk.send(PING);
                String answer = talk.read(2);
                if (!answer.equals(PONG)) {
                    assertThat(answer + talk.read(2)).isEqualTo(GOING_AWAY);
                    return;
                }
                count(Client.WebSocket);
            }
        }
    }
}
