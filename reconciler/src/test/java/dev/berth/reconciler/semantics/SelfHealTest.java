package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody breaks is mended, what is none of ours is left alone. */
final class SelfHealTest {
    private static final Set<Event.Hand> HARMLESS =
            EnumSet.of(Event.Hand.START, Event.Hand.REMOVE_IMAGE);

    @ParameterizedTest
    @EnumSource(value = Event.Hand.class, mode = EnumSource.Mode.EXCLUDE, names = "CRASH_LOOP")
    void hand_laidOnAContainer_itServesAgain(Event.Hand hand) {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls().happens(new Event.Drift(Duration.ZERO, 0, hand, 0));
            rig.run(Duration.ofMinutes(11)).settle(); // not every hand is an event of the engine

            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
            if (HARMLESS.contains(hand)) {
                assertThat(rig.calls(EngineCall.CREATE, "")).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Event.Hand.class,
            names = {"SET_MEMORY", "SET_RESTART_POLICY"})
    void setting_changedByHand_isAsBefore(Event.Hand hand) {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            List<ContainerView.Actual> before = rig.settings("shop");
            rig.forgetCalls().happens(new Event.Drift(Duration.ZERO, 0, hand, 0));
            assertThat(rig.settings("shop")).isNotEqualTo(before);

            rig.run(Duration.ofSeconds(15)).settle();

            assertThat(rig.settings("shop")).isEqualTo(before);
            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isEqualTo(1);
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
        }
    }

    /** The engine itself restarts it: that is told, and what would be made anew ends likewise. */
    @Test
    void container_thatCrashesAgainAndAgain_isToldAndLeftToTheEngine() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls();
            rig.happens(new Event.Drift(Duration.ZERO, 0, Event.Hand.CRASH_LOOP, 0));
            rig.run(Duration.ofSeconds(15));
            assertThat(rig.ready("shop")).isEqualTo("False StartFailed");
            assertThat(rig.calls(EngineCall.CREATE, "")).isZero();
            assertThat(rig.calls(EngineCall.REMOVE, "")).isZero();

            rig.recoverByHand("shop").run(Duration.ofMinutes(11)).settle();

            assertThat(rig.ready("shop")).isEqualTo("True Succeeded");
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
        }
    }

    /** A dying container sends four events. By the time between two of them. */
    @ParameterizedTest(name = "{0} ms")
    @ValueSource(ints = {0, 100, 240})
    void events_inABurst_areOnePassASecondAfterTheFirst(int between) {
        Controls controls = new Controls(3);
        controls.engine.withImages("shop:1");
        controls.commit("{image: 'shop:1', port: 80}");
        Controls.Control control = controls.start("ann");
        controls.time.pass(Duration.ofSeconds(130)); // the next poll is not near
        int before = control.passes;
        Duration first = controls.time.now();

        for (int i = 0; i < 4; i++) {
            control.loop.wake(new Trigger.EngineChanged(ResourceId.app("shop"), "die"));
            controls.time.pass(Duration.ofMillis(between));
        }
        controls.time.pass(Duration.ofSeconds(3));

        assertThat(control.passes - before).isEqualTo(1);
        assertThat(control.lastReport.minus(first))
                .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1900));
    }

    @Test
    void container_removedByHand_isReplacedWithinSeconds() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.removeByHand("shop").run(Duration.ofSeconds(15));

            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
        }
    }

    /** Long enough between that it is ready each time: none of the pauses is for a failed start. */
    @Test
    void container_removedAgainAndAgain_isReplacedWithGrowingPauses() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls();
            for (int i = 0; i < 60; i++) {
                rig.removeByHand("shop").run(Duration.ofSeconds(30));
            }

            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isBetween(6L, 16L);
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
