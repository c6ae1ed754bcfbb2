package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.History;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Berth may be killed in any call: what it left is taken up, and nothing is done twice. */
final class CrashSafeTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration THEN = Duration.ofMinutes(2);
    private static final int CALLS = 45;

    /** From one release of an app to the next, beside the removal of another app. */
    @ParameterizedTest
    @EnumSource(
            value = Spec.Twist.class,
            names = {"NONE", "RECREATE", "VOLUME"})
    void kill_atAnyCallOfARollout_endsAsIfItHadNotBeen(Spec.Twist twist) {
        List<String> broken = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
            for (boolean afterEffect : List.of(false, true)) {
                broken.addAll(Rig.broken(killed(twist, call, afterEffect)));
            }
        }
        assertThat(broken).isEmpty();
    }

    private static History killed(Spec.Twist twist, int call, boolean afterEffect) {
        return new History(
                call,
                List.of(
                        new Event.Commit(
                                FIRST,
                                0,
                                List.of(
                                        new Tree.Put("shop", new Spec(Spec.Image.QUICK, 2, twist)),
                                        new Tree.Put(
                                                "blog",
                                                new Spec(Spec.Image.QUICK, 1, Spec.Twist.NONE)))),
                        new Event.Commit(
                                THEN,
                                0,
                                List.of(
                                        new Tree.Put("shop", new Spec(Spec.Image.OTHER, 2, twist)),
                                        new Tree.Remove("blog"))),
                        new Event.Kill(THEN, call, afterEffect, Duration.ofSeconds(7))));
    }
}
