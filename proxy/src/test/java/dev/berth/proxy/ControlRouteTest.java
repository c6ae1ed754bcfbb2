package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of control is reached from outside. */
class ControlRouteTest {
    private static final Route WEBHOOKS =
            new Route(
                    "a.test",
                    "/api/webhook",
                    new ResourceId(Kind.Instance, "home"),
                    null,
                    new Route.Control(),
                    Policy.NONE.withMaxBody(100));

    @Test
    void control_itsPath_isReachedAndNothingElse(@TempDir Path home) {
        try (FakeControl control = FakeControl.start();
                TestEdge edge = TestEdge.start(home, control.url(), Timeouts.DEFAULT)) {
            control.publish(Routes.snapshot(1, WEBHOOKS));
            await().atMost(Duration.ofSeconds(40))
                    .until(
                            () -> {
                                EdgeReport report = control.lastReport();
                                return report != null && report.version() == 1;
                            });

            assertThat(answer(edge, "POST /api/webhook?x=1", 5))
                    .isEqualTo("202 control: POST /api/webhook?x=1, 5 bytes");
            assertThat(answer(edge, "POST /api/webhook", 101)).startsWith("413 ");
            for (String target :
                    List.of(
                            "/",
                            "/metrics",
                            "/edge/v1/reports",
                            "/api/webhook/",
                            "/api/webhook/..%2f..%2fmetrics",
                            "/api/webhook/../../metrics",
                            "/x/../api/webhook",
                            "/api/%77ebhook")) {
                assertThat(answer(edge, "POST " + target, 5)).as(target).startsWith("404 ");
            }
        }
    }

    private static String answer(TestEdge edge, String line, int length) {
        try (RawClient client = RawClient.connect(edge.port())) {
            client.send(
                    "%s HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(line, length, "x".repeat(length)));
            var response = client.response();
            return response.status() + " " + response.body();
        }
    }
}
