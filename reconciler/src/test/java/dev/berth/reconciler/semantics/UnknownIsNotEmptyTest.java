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

/** What can't be seen is not taken for nothing: nothing is removed for it. */
final class UnknownIsNotEmptyTest {
    private static final Duration LONG = Duration.ofHours(2);

    private static Rig serving() {
        return new Rig().serve("shop", Spec.Image.QUICK, 2).serve("blog", Spec.Image.QUICK, 1);
    }

    private static void assertAllServes(Rig rig) {
        assertThat(rig.servedBy("shop")).hasSize(2);
        assertThat(rig.servedBy("blog")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Event.Trouble.class)
    void gitServer_inTrouble_removesNothing(Event.Trouble trouble) {
        try (Rig rig = serving()) {
            rig.serve("blog", Spec.Image.OTHER, 1);
            rig.happens(new Event.GitTrouble(Duration.ZERO, trouble, LONG));
            rig.poke().run(Duration.ofHours(1)).settle();

            assertAllServes(rig);
        }
    }

    @Test
    void repo_withoutADocument_removesNothing() {
        try (Rig rig = serving()) {
            int writes = rig.writes();
            rig.commit(new Tree.Wipe()).run(Duration.ofHours(1)).settle();

            assertAllServes(rig);
            assertThat(rig.writes()).isEqualTo(writes);
        }
    }

    @Test
    void engine_doesNotAnswer_nothingIsRemovedWhenItDoes() {
        try (Rig rig = serving()) {
            var before = rig.containers("shop");
            rig.happens(new Event.EngineGone(Duration.ZERO, 0, Duration.ofMinutes(30)));
            rig.commit(new Tree.Remove("blog")).run(Duration.ofMinutes(20));
            assertThat(rig.containers("blog")).hasSize(1);
            assertThat(rig.ready("shop")).startsWith("Unknown");

            rig.run(Duration.ofMinutes(25)).settle();

            assertThat(rig.containers("shop")).isEqualTo(before);
            assertThat(rig.containers("blog")).isEmpty();
        }
    }
}
