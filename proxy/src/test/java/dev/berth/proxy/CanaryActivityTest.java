package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose use a request is that a canary answers. */
class CanaryActivityTest {
    @Test
    void canary_answers_itsAppIsInUseAndTheNamedOneIsNot(@TempDir Path home) {
        CountDownLatch answer = new CountDownLatch(1);
        try (FakeControl control = FakeControl.start();
                TestBackend old = TestBackend.saying("old");
                TestBackend next = answeringAfter(answer);
                TestEdge edge = TestEdge.start(home, control.url(), Timeouts.DEFAULT);
                RawClient client = RawClient.connect(edge.port())) {
            Route[] routes = routes(old, next);
            control.publish(Routes.snapshot(1, routes));
            await().atMost(Duration.ofSeconds(40)).until(() -> reported(control, 1));

            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            await().atMost(Duration.ofSeconds(40)).until(() -> next.heads().size() == 1);
            await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
            control.publish(Routes.snapshot(2, routes));
            await().atMost(Duration.ofSeconds(40)).until(() -> reported(control, 2));
            Map<String, Duration> idle = last(control).idle();
            answer.countDown();

            assertThat(client.response().body()).isEqualTo("next");
            assertThat(idle.get("next")).isEqualTo(Duration.ZERO);
            assertThat(idle.get("a")).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    private static Route[] routes(TestBackend old, TestBackend next) {
        Policy.Canary all = new Policy.Canary("next.test", "/", 100, null, null);
        return new Route[] {
            Routes.proxy("a.test", old.address()).with(new PolicyOf().canary(all).build()),
            Routes.proxy("next.test", next.address())
        };
    }

    private static TestBackend answeringAfter(CountDownLatch answer) {
        return TestBackend.start(
                (conversation, self) -> {
                    while (self.next(conversation) != null) {
                        answer.await();
                        conversation.send(TestBackend.ok("next"));
                    }
                });
    }

    private static boolean reported(FakeControl control, long version) {
        EdgeReport report = control.lastReport();
        return report != null && report.version() == version;
    }

    private static EdgeReport last(FakeControl control) {
        EdgeReport report = control.lastReport();
        if (report == null) {
            throw new AssertionError("no report");
        }
        return report;
    }
}
