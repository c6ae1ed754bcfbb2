package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is done follows from what is, not from what was heard. */
final class LevelTriggeredTest {
    private static final Tree.Edit NEW =
            new Tree.Put("shop", new Spec(Spec.Image.OTHER, 1, Spec.Twist.NONE));

    @Test
    void push_heardManyTimes_isCarriedOutOnce() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            int before = rig.writes();
            rig.commit(NEW).settle();
            int once = rig.writes() - before;
            rig.serve("shop", Spec.Image.QUICK, 1);
            before = rig.writes();
            rig.commit(NEW).happens(new Event.Triggers(Duration.ZERO, 0, 5));
            rig.run(Duration.ofMillis(1)).happens(new Event.Triggers(Duration.ZERO, 0, 5));
            rig.settle();

            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
            assertThat(rig.writes() - before).isLessThanOrEqualTo(once);
        }
    }

    @Test
    void pushes_heardInAnotherOrder_leadToTheNewest() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.happens(new Event.TriggersReordered(Duration.ZERO, Duration.ofMinutes(1)));
            rig.commit(NEW).run(Duration.ofMillis(10));
            rig.commit(new Tree.Put("shop", new Spec(Spec.Image.SLOW, 1, Spec.Twist.NONE)));
            rig.run(Duration.ofMinutes(3));
            int settled = rig.writes();

            assertThat(rig.servedBy("shop")).containsExactly("shop:slow");
            assertThat(rig.run(Duration.ofMinutes(13)).writes()).isEqualTo(settled);
        }
    }

    @Test
    void push_heardByNobody_isFoundByThePoll() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.happens(new Event.TriggersLost(Duration.ZERO, Duration.ofHours(1)));
            rig.commit(NEW).run(Duration.ofMinutes(13));

            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
        }
    }

    @Test
    void death_heardByNobody_isFoundByThePoll() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.happens(new Event.TriggersLost(Duration.ZERO, Duration.ofHours(1)));
            rig.removeByHand("shop").run(Duration.ofMinutes(13));

            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
        }
    }
}
