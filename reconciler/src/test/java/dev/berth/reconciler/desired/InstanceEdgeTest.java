package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From {@code spec.edge} of the Instance to the settings. */
final class InstanceEdgeTest {
    @Test
    void load_nothingGiven_believesNobody() {
        assertThat(Repo.withInstance().known().settings().edge()).isEqualTo(Instance.Edge.NONE);
    }

    @Test
    void load_proxies_arrive() {
        Repo repo = edge("{trustedProxies: [10.0.0.0/8, 'fd00::/8'], proxyProtocol: true}");

        assertThat(repo.known().settings().edge())
                .isEqualTo(new Instance.Edge(List.of("10.0.0.0/8", "fd00::/8"), true));
    }

    @Test
    void load_noNetwork_isAProblemWithItsPlace() {
        assertThat(edge("{trustedProxies: [10.0.0.0/8, 10.0.0.0/99]}").problems())
                .singleElement()
                .asString()
                .startsWith("berth.yaml:5:39 spec.edge.trustedProxies[1]")
                .contains("10.0.0.0/99", "neither a network such as 10.0.0.0/8 nor an IP address");
    }

    @Test
    void load_protocolOfNobody_isAProblem() {
        assertThat(edge("{proxyProtocol: true}").problems())
                .singleElement()
                .asString()
                .contains("spec.edge.proxyProtocol", "name their networks in trustedProxies");
    }

    private static Repo edge(String edge) {
        return new Repo()
                .file(
                        "berth.yaml",
                        "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec:\n"
                                + "  edge: %s\n".formatted(edge));
    }
}
