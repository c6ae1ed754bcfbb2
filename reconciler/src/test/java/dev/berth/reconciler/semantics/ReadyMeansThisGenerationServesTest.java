package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Ready is said of the version that is wanted now, and only while it serves. */
final class ReadyMeansThisGenerationServesTest {
    private static Tree.Edit put(Spec.Image image) {
        return new Tree.Put("shop", new Spec(image, 1, Spec.Twist.NONE));
    }

    @Test
    void newVersion_provesItselfSlowly_isNotReadyBefore() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(put(Spec.Image.SLOW)).run(Duration.ofSeconds(10));

            assertThat(rig.ready("shop")).isEqualTo("True Succeeded of before");
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");

            rig.settle();

            assertThat(rig.ready("shop")).isEqualTo("True Succeeded");
            assertThat(rig.servedBy("shop")).containsExactly("shop:slow");
        }
    }

    @Test
    void newVersion_neverReady_isToldAndTheOldOneServes() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(put(Spec.Image.NEVER_READY)).settle();

            assertThat(rig.ready("shop")).isEqualTo("False RolledBack");
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
            assertThat(rig.containers("shop")).hasSize(1);
        }
    }

    @Test
    void mendedVersion_afterAFailedOne_isReady() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(put(Spec.Image.ENDS_AT_ONCE)).settle();
            assertThat(rig.ready("shop")).isEqualTo("False RolledBack");

            rig.commit(put(Spec.Image.OTHER)).settle();

            assertThat(rig.ready("shop")).isEqualTo("True Succeeded");
            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
        }
    }
}
