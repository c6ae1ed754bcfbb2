package dev.berth.reconciler.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.source.Revision;
import dev.berth.schemas.config.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class NeedsTest {
    private static DesiredState.Known pushingTo(@Nullable String registry) {
        Instance.Builds usual = Instance.Builds.USUAL;
        return new DesiredState.Known(
                "home",
                new Instance.Spec(
                        "localhost",
                        null,
                        Map.of(),
                        new Instance.Source(Duration.ofSeconds(30)),
                        new Instance.Prune(5),
                        new Instance.Engine(Instance.Reach.AUTO),
                        Instance.Edge.NONE,
                        List.of(),
                        new Instance.Builds(
                                usual.concurrency(), usual.timeout(), null, null, registry),
                        Instance.Cleanup.USUAL),
                new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH),
                null,
                new TreeMap<>(),
                List.of(),
                Set.of(),
                Map.of(),
                null,
                new TreeMap<>(),
                Set.of(),
                List.of(),
                List.of(),
                new TreeMap<>());
    }

    private static Needs of(DesiredState.Known desired) {
        return Needs.of(desired, desired, Set.of("berth/shop:1a2b", "nginx:1"));
    }

    @Test
    void of_whatIsPushed_isNeededByTheNameThatItHasBefore() {
        Needs needs = of(pushingTo("registry.example.com/team"));

        assertThat(needs.references())
                .containsExactlyInAnyOrder(
                        "berth/shop:1a2b", "registry.example.com/team/shop:1a2b", "nginx:1");
        assertThat(needs.registry()).isEqualTo("registry.example.com/team");
    }

    @Test
    void of_whatIsPushedNowhere_hasOneName() {
        assertThat(of(pushingTo(null)).references())
                .containsExactlyInAnyOrder("berth/shop:1a2b", "nginx:1");
    }
}
