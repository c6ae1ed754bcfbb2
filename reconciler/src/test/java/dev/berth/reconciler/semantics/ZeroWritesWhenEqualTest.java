package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where all is as it should be, nothing is written. */
final class ZeroWritesWhenEqualTest {
    @ParameterizedTest
    @EnumSource(
            value = Spec.Twist.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "CRON") // runs are due
    void passes_nothingChanged_writeNothing(Spec.Twist twist) {
        try (Rig rig = new Rig()) {
            rig.commit(new Tree.Put("shop", new Spec(Spec.Image.QUICK, 2, twist))).settle();
            int writes = rig.writes();
            int passes = rig.passes();

            rig.poke().poke().run(Duration.ofHours(1));

            assertThat(rig.passes()).isGreaterThan(passes + 4);
            assertThat(rig.writes()).isEqualTo(writes);
        }
    }

    @Test
    void restart_nothingChanged_writesNothing() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 2)) {
            int writes = rig.writes();
            rig.happens(new Event.Kill(Duration.ZERO, 0, false, Duration.ofSeconds(10)));
            rig.poke().run(Duration.ofMinutes(1)).settle();

            assertThat(rig.writes()).isEqualTo(writes);
            assertThat(rig.ready("shop")).isEqualTo("True Succeeded");
        }
    }

    @Test
    void unrelatedCommit_otherApps_areLeftAlone() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 2)) {
            var before = rig.containers("shop");
            rig.forgetCalls().serve("blog", Spec.Image.OTHER, 1);

            assertThat(rig.containers("shop")).isEqualTo(before);
            assertThat(rig.journal()).noneMatch(call -> call.contains("_shop_"));
        }
    }
}
