package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A document that is wrong costs nobody else anything, and its own app nothing that serves. */
final class OneDocumentOneFateTest {
    @ParameterizedTest
    @EnumSource(Tree.Damage.class)
    void brokenDocument_othersAreCarriedOut_itsAppGoesOnServing(Tree.Damage damage) {
        try (Rig rig = new Rig()) {
            rig.serve("shop", Spec.Image.QUICK, 1).serve("blog", Spec.Image.QUICK, 1);
            var before = rig.containers("shop");

            rig.commit(
                            new Tree.Break("shop", damage),
                            new Tree.Put("blog", new Spec(Spec.Image.OTHER, 1, Spec.Twist.NONE)))
                    .settle();

            assertThat(rig.servedBy("blog")).containsExactly("blog:other");
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
            assertThat(rig.containers("shop")).isEqualTo(before);
            assertThat(rig.report().problems()).isNotEmpty();
        }
    }
}
