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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What falls after its switch is gone back from: by the loop, in time, and also if it is killed.
 */
final class RollbackWindowInTimeTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration THEN = Duration.ofMinutes(2);

    /** Until shortly before that it has fallen less than five times. */
    private static final Duration FALLEN = THEN.plusSeconds(60);

    private static final Duration DONE = THEN.plusMinutes(8);
    private static final int MOST_CALLS = 1000;

    private static Tree.Edit shop(Spec.Image image, int replicas, Spec.Twist twist) {
        return new Tree.Put("shop", new Spec(image, replicas, twist));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void release_fallsAgainAndAgain_theOneBeforeServesUntilANewOneDoes(int replicas) {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, replicas)) {
            rig.serve("shop", Spec.Image.FALLS, replicas).run(Duration.ofMinutes(4)).settle();

            assertThat(rig.ready("shop")).isEqualTo("False RolledBack");
            assertThat(rig.servedBy("shop")).hasSize(replicas).containsOnly("shop:quick");
            assertThat(rig.containers("shop")).hasSize(replicas);
            int writes = rig.writes();
            rig.poke().run(Duration.ofHours(2));
            assertThat(rig.writes()).isEqualTo(writes);

            rig.serve("shop", Spec.Image.OTHER, replicas);

            assertThat(rig.ready("shop")).isEqualTo("True Succeeded");
            assertThat(rig.servedBy("shop")).containsOnly("shop:other");
        }
    }

    /** One that does not answer requests, and what is not gone back from. */
    @ParameterizedTest
    @EnumSource(
            value = Spec.Twist.class,
            names = {"WORKER", "VOLUME", "RECREATE"})
    void release_fallsAgainAndAgain_goesBackIfItMay(Spec.Twist twist) {
        boolean may = twist == Spec.Twist.WORKER || twist == Spec.Twist.VOLUME;
        try (Rig rig = new Rig().commit(shop(Spec.Image.QUICK, 1, twist)).settle()) {
            rig.commit(shop(Spec.Image.FALLS, 1, twist)).settle();
            rig.run(Duration.ofMinutes(15)).settle();

            assertThat(rig.ready("shop")).isEqualTo(may ? "False RolledBack" : "True Succeeded");
        }
    }

    /** What a document declares is not given up because an older release serves in its place. */
    @Test
    void release_fallsThatHasDataTheOneBeforeHasNot_theDataStays() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(
                            new Tree.Confirm("shop", true),
                            shop(Spec.Image.FALLS, 1, Spec.Twist.DELETABLE))
                    .run(Duration.ofMinutes(4))
                    .settle();

            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
            assertThat(rig.volumes()).contains("berth_home_shop_data");
        }
    }

    @Test
    void release_fallsWhileBerthIsDown_isGoneBackFromOnceItIsUp() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.serve("shop", Spec.Image.FALLS, 1);
            rig.happens(new Event.Kill(Duration.ZERO, 0, false, Duration.ofSeconds(100)));
            rig.run(Duration.ofMinutes(4)).settle();

            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
            assertThat(rig.ready("shop")).isEqualTo("False RolledBack");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kill_atAnyCallOfTheWayBack_theOneBeforeServes(boolean afterEffect) {
        List<String> broken = new ArrayList<>();
        List<String> deaths = new ArrayList<>();
        Rig.Run run = killed(0, afterEffect);
        while (!run.deaths().isEmpty() && deaths.size() < MOST_CALLS) {
            broken.addAll(run.broken());
            deaths.addAll(run.deaths());
            assertThat(run.served()).as("killed in %s", run.deaths()).containsExactly("shop:quick");
            assertThat(run.left()).as("killed in %s", run.deaths()).containsExactly("shop:quick");
            run = killed(deaths.size(), afterEffect);
        }

        assertThat(broken).isEmpty();
        assertThat(run.deaths()).as("the last one is past the end").isEmpty();
        assertThat(run.served()).containsExactly("shop:quick");
        assertThat(deaths)
                .as("start, switch, drain, stop")
                .contains("ROUTES app/shop")
                .anyMatch(call -> call.startsWith("CREATE "))
                .anyMatch(call -> call.startsWith("START "))
                .anyMatch(call -> call.startsWith("DRAINED "))
                .anyMatch(call -> call.startsWith("STOP "))
                .anyMatch(call -> call.startsWith("REMOVE "));
    }

    private static Rig.Run killed(int call, boolean afterEffect) {
        return Rig.run(
                new History(
                        7L,
                        List.of(
                                new Event.Commit(
                                        FIRST,
                                        0,
                                        List.of(shop(Spec.Image.QUICK, 1, Spec.Twist.NONE))),
                                new Event.Commit(
                                        THEN,
                                        0,
                                        List.of(shop(Spec.Image.FALLS, 1, Spec.Twist.NONE))),
                                new Event.Triggers(DONE, 0, 0))),
                new Rig.Kill(FALLEN, call, afterEffect));
    }
}
