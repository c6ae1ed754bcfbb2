package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Instance;
import dev.berth.schemas.edge.FrontProxies;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrontDiffTest {
    private static final List<String> NETWORKS = List.of("10.0.0.0/8", "fd00::/8");

    @Test
    void plan_sameProxies_isEmpty() {
        Scene scene =
                new Scene()
                        .edge(new Instance.Edge(NETWORKS, true))
                        .believing(new FrontProxies(NETWORKS, true));

        assertThat(scene.plan().changes()).isEmpty();
        assertThat(new Scene().plan().changes()).isEmpty();
    }

    @Test
    void plan_otherProxies_tellsTheEdgeAndSaysWhy() {
        Plan plan = new Scene().edge(new Instance.Edge(NETWORKS, true)).plan();

        assertThat(PlanPrinter.print(plan))
                .contains(
                        "~ believe the proxies in 10.0.0.0/8, fd00::/8, by the PROXY protocol",
                        "edge.trustedProxies changed: none -> 10.0.0.0/8, fd00::/8",
                        "edge.proxyProtocol changed: false -> true");
    }

    @Test
    void plan_noMoreProxies_tellsTheEdge() {
        Plan plan = new Scene().believing(new FrontProxies(NETWORKS, false)).plan();

        assertThat(PlanPrinter.print(plan))
                .contains(
                        "~ believe no proxy before the edge",
                        "edge.trustedProxies changed: 10.0.0.0/8, fd00::/8 -> none");
    }
}
