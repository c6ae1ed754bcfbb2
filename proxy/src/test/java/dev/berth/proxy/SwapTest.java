package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every deploy does: the new backend gets the route, the old one is stopped when drained. */
class SwapTest {
    private static final int SWAPS = 60;

    @Test
    void swap_underLoad_noRequestFails() throws InterruptedException {
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        try (TestEdge edge = TestEdge.start()) {
            TestBackend serving = backend();
            edge.serve(Routes.proxy("a.test", serving.address()));
            List<Thread> clients = new ArrayList<>();
            for (int c = 0; c < 4; c++) {
                boolean keepsAlive = c % 2 == 0;
                clients.add(
                        Thread.ofVirtual()
                                .start(
                                        () ->
                                                load(
                                                        edge.port(),
                                                        keepsAlive,
                                                        over,
                                                        answered,
                                                        failures)));
            }
            for (int i = 0; i < SWAPS; i++) {
                TestBackend next = backend();
                int before = answered.get();
                await().until(() -> answered.get() > before + 10 || !failures.isEmpty());
                edge.serve(Routes.proxy("a.test", next.address()));
                TestBackend old = serving;
                await().pollInterval(Duration.ofMillis(1))
                        .until(
                                () ->
                                        edge.edge().inFlight().stream()
                                                .noneMatch(
                                                        count ->
                                                                count.backend()
                                                                        .equals(old.address())));
                old.close();
                serving = next;
            }
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            serving.close();
        }
        assertThat(failures).isEmpty();
        assertThat(answered.get()).isGreaterThan(SWAPS * 10);
    }

    private static TestBackend backend() {
        return TestBackend.start(
                (conversation, self) -> {
                    for (String head = conversation.readHead();
                            head != null;
                            head = conversation.readHead()) {
                        String body = conversation.readBody(head);
                        Thread.sleep(1);
                        conversation.send(TestBackend.ok(body));
                    }
                });
    }

    private static void load(
            int port,
            boolean keepsAlive,
            AtomicBoolean over,
            AtomicInteger answered,
            Queue<String> failures) {
        RawClient client = RawClient.connect(port);
        try {
            for (int i = 0; !over.get(); i++) {
                String body = "body " + i;
                String method = i % 2 == 0 ? "POST" : "PUT";
                Response response =
                        client.send(
                                        "%s / HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n%s"
                                                .formatted(method, body.length(), body))
                                .response();
                if (response.status() != 200 || !response.body().equals(body)) {
                    failures.add(response.head() + response.body());
                }
                answered.incrementAndGet();
                if (!keepsAlive) {
                    client.close();
                    client = RawClient.connect(port);
                }
            }
        } catch (RuntimeException e) {
            failures.add(e.toString());
        } finally {
            client.close();
        }
    }
}
