package dev.berth.schemas.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an older control or edge wrote, for example into the snapshot file, can still be read. */
final class OlderMessagesTest {
    @Test
    void read_routeWithoutPolicy_hasNone() {
        String json =
                """
                {"version": 7, "routes": {"routes": [
                  {"host": "a.test", "path": "/", "owner": "app/a", "app": "a",
                   "target": {"type": "proxy", "backends": []}}]}, "probes": []}
                """;

        Snapshot snapshot = Json.read(json, Snapshot.class);

        assertThat(snapshot.routes().routes())
                .containsExactly(
                        new Route(
                                "a.test",
                                "/",
                                ResourceId.app("a"),
                                "a",
                                new Route.Proxy(List.of())));
    }

    @Test
    void read_snapshotWithoutCertificates_hasNoneAndKeepsNone() {
        Snapshot snapshot =
                Json.read(
                        "{\"version\": 7, \"routes\": {\"routes\": []}, \"probes\": []}",
                        Snapshot.class);

        assertThat(snapshot).isEqualTo(new Snapshot(7, RouteTable.EMPTY, List.of()));
        assertThat(snapshot.keepsOthers()).isFalse();
    }

    @Test
    void read_reportWithoutStreamsAndSleep_hasNone() {
        String json =
                """
                {"edge": "e", "version": 3, "probes": [], "inFlight": [
                  {"backend": {"container": "c", "address": "10.0.0.1", "port": 80}, "requests": 2}]}
                """;

        EdgeReport report = Json.read(json, EdgeReport.class);

        assertThat(report.inFlight())
                .containsExactly(new EdgeReport.InFlight(new Backend("c", "10.0.0.1", 80), 2, 0));
        assertThat(report.wake()).isEmpty();
        assertThat(report.idle()).isEmpty();
    }

    @Test
    void write_everyKindOfTarget_isReadTheSame() {
        List<Route.Target> targets =
                List.of(
                        new Route.Proxy(List.of(new Backend("c", "10.0.0.1", 80))),
                        new Route.Files("/srv", true),
                        new Route.Redirect("b.test"),
                        new Route.Unavailable("x"),
                        new Route.Paused("x", Duration.ofSeconds(30)),
                        new Route.Asleep(Duration.ofMinutes(1)));
        for (Route.Target target : targets) {
            Route route =
                    new Route("a.test", "/", ResourceId.app("a"), "a", target)
                            .with(
                                    new Policy(
                                            5L,
                                            new Policy.RateLimit(1, Duration.ofSeconds(1), 2),
                                            new Policy.Addresses(List.of("::/0"), List.of()),
                                            new Policy.Password("r", Map.of("b", "2", "a", "1")),
                                            List.of(new Policy.ResponseHeader("X", "", true)),
                                            true,
                                            true,
                                            List.of(new Policy.ErrorPage("5xx", "<p>")),
                                            true,
                                            new Policy.Health(
                                                    null,
                                                    "a.test",
                                                    Duration.ofSeconds(5),
                                                    Duration.ofSeconds(1),
                                                    3),
                                            Duration.ofMinutes(5),
                                            List.of(
                                                    new Policy.Canary(
                                                            "b.test",
                                                            "/",
                                                            5,
                                                            new Policy.Match("h", "v"),
                                                            null)),
                                            false,
                                            false));

            assertThat(Json.read(Json.write(route), Route.class)).isEqualTo(route);
        }
    }
}
