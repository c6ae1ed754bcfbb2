package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.status.TrafficStatus;
import dev.berth.schemas.status.TrafficStatus.RouteStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EdgeTrafficTest {
    private static final ResourceId SHOP = ResourceId.app("shop");

    @Test
    void of_servedApp_countsWhatIsInFlightToItsContainers() {
        ServedRoutes served =
                new ServedRoutes.Table(
                        new RouteTable(
                                List.of(
                                        route(
                                                "/",
                                                new Route.Proxy(
                                                        List.of(
                                                                new Backend("aa", "10.0.0.2", 80),
                                                                new Backend("bb", "10.0.0.3", 80))),
                                                Policy.NONE.withCanaries(
                                                        List.of(
                                                                new Policy.Canary(
                                                                        "next.localhost",
                                                                        "/",
                                                                        10,
                                                                        null,
                                                                        new Policy.Match(
                                                                                "canary",
                                                                                "yes"))))))),
                        new EdgeActivity(
                                Map.of("aa", 2, "bb", 1, "cc", 7),
                                Map.of("bb", 1),
                                Map.of("shop", Duration.ZERO),
                                Set.of()));

        assertThat(new EdgeTraffic(() -> served).of(SHOP))
                .isEqualTo(
                        new TrafficStatus(
                                true,
                                0L,
                                3,
                                1,
                                false,
                                List.of(
                                        new RouteStatus(
                                                "shop.localhost",
                                                "2 containers",
                                                false,
                                                Map.of(
                                                        "canary",
                                                        "10 %, cookie canary=yes to next.localhost/")))));
    }

    @Test
    void of_sleepingAppThatIsAskedFor_saysBoth() {
        ServedRoutes served =
                new ServedRoutes.Table(
                        new RouteTable(
                                List.of(
                                        route(
                                                "/api",
                                                new Route.Asleep(Duration.ofMinutes(1)),
                                                Policy.NONE))),
                        new EdgeActivity(Map.of(), Map.of(), Map.of(), Set.of("shop")));

        TrafficStatus status = new EdgeTraffic(() -> served).of(SHOP);

        assertThat(status.woken()).isTrue();
        assertThat(status.idleSeconds()).isNull();
        assertThat(status.routes())
                .containsExactly(
                        new RouteStatus(
                                "shop.localhost/api",
                                "asleep; the next request starts it",
                                true,
                                Map.of()));
    }

    @Test
    void of_noEdge_isNotKnown() {
        assertThat(new EdgeTraffic(() -> new ServedRoutes.NotKnown("no edge")).of(SHOP))
                .isEqualTo(TrafficStatus.UNKNOWN);
    }

    private static Route route(String path, Route.Target target, Policy policy) {
        return new Route("shop.localhost", path, SHOP, "shop", target, policy);
    }
}
