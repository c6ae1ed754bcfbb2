package dev.berth.reconciler.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.build.PushingInstance;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownOf;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class NeedsTest {
    private static DesiredState.Known pushingTo(@Nullable String registry) {
        return new KnownOf().instance("home", PushingInstance.to(registry)).make();
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
