package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of streams whose backend goes out of traffic. */
class StreamDrainTest {
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
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String GOING_AWAY = "\u0088\u0002\u0003\u00e9";
    private static final String GOING_AWAY_MASKED =
            "\u0088\u0082\u0000\u0000\u0000\u0000\u0003\u00e9";
    private static final Duration GRACE = Duration.ofMillis(200);

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
    void webSocket_backendLeaves_getsClose1001AfterTheGrace() {
        List<String> received = new CopyOnWriteArrayList<>();
        TestBackend old =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(SWITCH);
                            received.add(conversation.read(GOING_AWAY_MASKED.length()));
                            received.add(conversation.readAll());
                        });
        try (old;
                TestBackend next = TestBackend.saying("next");
                RawClient client = RawClient.connect(edge.port())) {
            serve(old, GRACE);
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            assertThat(edge.edge().inFlight()).containsExactly(new InFlight(old.address(), 1, 1));
            long left = System.nanoTime();

            serve(next, GRACE);

            assertThat(client.rest()).isEqualTo(GOING_AWAY);
            assertThat(System.nanoTime() - left).isGreaterThanOrEqualTo(GRACE.toNanos());
            await().untilAsserted(
                            () -> assertThat(received).containsExactly(GOING_AWAY_MASKED, ""));
        }
        await().until(() -> edge.edge().inFlight().isEmpty());
        await().until(
                        () ->
                                edge.accessLog().stream()
                                        .anyMatch(line -> line.contains("old release")));
    }

    @Test
    void webSocket_frameHalfSent_isCompletedBeforeTheClose() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        TestBackend old =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(SWITCH + "\u0082\u0005ab");
                            goOn.await();
                            conversation.send("cde\u0082\u0001z");
                            conversation.readAll();
                        });
        try (old;
                TestBackend next = TestBackend.saying("next");
                RawClient client = RawClient.connect(edge.port())) {
            serve(old, Duration.ofMillis(1));
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            assertThat(client.conversation().read(4)).isEqualTo("\u0082\u0005ab");
            serve(next, GRACE);
            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            goOn.countDown();

            assertThat(client.rest()).isEqualTo("cde" + GOING_AWAY);
        }
    }

    @Test
    void webSocket_backendIsRoutedAgainInTime_stays() {
        try (TestBackend old = echoingBytes();
                TestBackend next = TestBackend.saying("next");
                RawClient client = RawClient.connect(edge.port())) {
            serve(old, GRACE);
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            serve(next, GRACE);
            serve(old, GRACE);
            await().pollDelay(GRACE.multipliedBy(2)).until(() -> true);

            client.send("\u0081\u0000");
            assertExchanged(client, "\u0081\u0000");
        }
    }

    @Test
    void eventStream_backendLeaves_endsCleanlyAfterTheGrace() {
        TestBackend old =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(EVENTS + "7\r\ndata: 1\r\n");
                            conversation.readAll();
                        });
        try (old;
                TestBackend next = TestBackend.saying("next");
                RawClient client = RawClient.connect(edge.port())) {
            serve(old, GRACE);
            client.send("GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n");
            await().until(() -> edge.edge().inFlight().contains(new InFlight(old.address(), 1, 1)));

            serve(next, GRACE);

            assertThat(client.response().body()).isEqualTo("7\r\ndata: 1\r\n0\r\n\r\n");
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(client.response().body()).as("the connection lives").isEqualTo("next");
        }
        await().until(() -> edge.edge().inFlight().isEmpty());
    }

    @Test
    void download_backendLeaves_isNotAStream() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        TestBackend old =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
                            goOn.await();
                            conversation.send("rest");
                        });
        try (old;
                TestBackend next = TestBackend.saying("next");
                RawClient client = RawClient.connect(edge.port())) {
            serve(old, Duration.ofMillis(1));
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            await().until(() -> !old.heads().isEmpty());
            serve(next, GRACE);
            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            goOn.countDown();

            assertThat(client.response().body()).isEqualTo("halfrest");
        }
    }

    private static void assertExchanged(RawClient client, String expected) {
        try {
            assertThat(client.conversation().read(expected.length())).isEqualTo(expected);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static TestBackend echoingBytes() {
        return TestBackend.start(
                (conversation, self) -> {
                    self.next(conversation);
                    conversation.send(SWITCH);
                    byte[] buffer = new byte[1024];
                    for (int read = conversation.in().read(buffer);
                            read >= 0;
                            read = conversation.in().read(buffer)) {
                        conversation.socket().getOutputStream().write(buffer, 0, read);
                    }
                });
    }

    private static void serve(TestBackend backend, Duration grace) {
        edge.serve(
                Routes.proxy("a.test", backend.address())
                        .with(new PolicyOf().streams(grace).build()));
    }
}
