package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody breaks is mended, what is none of ours is left alone. */
final class SelfHealTest {
    private static final Set<Event.Hand> HARMLESS =
            EnumSet.of(Event.Hand.START, Event.Hand.REMOVE_IMAGE);

    @ParameterizedTest
    @EnumSource(Event.Hand.class)
    void hand_laidOnAContainer_itServesAgain(Event.Hand hand) {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls().happens(new Event.Drift(Duration.ZERO, 0, hand, 0));
            rig.run(Duration.ofMinutes(11)).settle(); // not every hand is an event of the engine

            if (!hand.equals(Event.Hand.CRASH_LOOP)) { // the engine itself restarts it
                assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
            }
            if (HARMLESS.contains(hand)) {
                assertThat(rig.calls(EngineCall.CREATE, "")).isZero();
            }
        }
    }

    @Test
    void container_removedByHand_isReplacedWithinSeconds() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.removeByHand("shop").run(Duration.ofSeconds(15));

            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
        }
    }

    @Test
    void container_removedAgainAndAgain_isReplacedWithGrowingPauses() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls();
            for (int i = 0; i < 60; i++) {
                rig.removeByHand("shop").run(Duration.ofSeconds(10));
            }

            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isBetween(4L, 12L);
        }
    }

    @ParameterizedTest
    @EnumSource(Event.Disguise.class)
    void lookAlike_ofOurs_isLeftAlone(Event.Disguise disguise) {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            int writes = rig.writes();
            rig.happens(new Event.LookAlike(Duration.ZERO, "shop", disguise));
            rig.poke().run(Duration.ofMinutes(11));

            assertThat(rig.writes()).isEqualTo(writes);
        }
    }
}
