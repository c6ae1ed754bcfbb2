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
import org.junit.jupiter.params.provider.CsvSource;

/** Berth may be killed in any call: what it left is taken up, and nothing is done twice. */
final class CrashSafeTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration THEN = Duration.ofMinutes(2);

    /** Until then all is done, also by one that was started again. */
    private static final Duration DONE = THEN.plusMinutes(4);

    private static final int MOST_CALLS = 1000;
    private static final Tree.Edit BLOG =
            new Tree.Put("blog", new Spec(Spec.Image.QUICK, 1, Spec.Twist.NONE));

    /**
     * From one release of an app to the next, beside the removal of another app: in each call from
     * the commit until long after the last of that work. Threads take turns in the same order each
     * time, so that the calls before the kill are the same, and none is left out.
     */
    @ParameterizedTest
    @CsvSource({
        "NONE, false", "NONE, true",
        "RECREATE, false", "RECREATE, true",
        "VOLUME, false", "VOLUME, true"
    })
    void kill_atAnyCallOfARollout_endsAsIfItHadNotBeen(Spec.Twist twist, boolean afterEffect) {
        List<String> broken = new ArrayList<>();
        List<String> deaths = new ArrayList<>();
        Rig.Run run = killed(twist, 0, afterEffect);
        while (!run.deaths().isEmpty() && deaths.size() < MOST_CALLS) {
            broken.addAll(run.broken());
            deaths.addAll(run.deaths());
            run = killed(twist, deaths.size(), afterEffect);
        }

        assertThat(broken).isEmpty();
        assertThat(run.deaths()).as("the last one is past the end").isEmpty();
        assertThat(run.broken()).as("nobody killed it").isEmpty();
        assertWorkIsCovered(deaths);
    }

    /** The switch, the drain, the stops, and the other app from its routes to its network. */
    private static void assertWorkIsCovered(List<String> deaths) {
        assertThat(deaths)
                .contains("ROUTES app/shop", "ROUTES app/blog", "REMOVE_NETWORK berth_home_blog");
        assertThat(count(deaths, "START ")).as("the new release").isEqualTo(2);
        assertThat(count(deaths, "DRAINED ")).isPositive();
        assertThat(count(deaths, "STOP ")).as("two of the old release, and blog").isEqualTo(3);
        assertThat(count(deaths, "REMOVE ")).isEqualTo(3);
        int lastWrite = 0;
        for (int i = 0; i < deaths.size(); i++) {
            if (deaths.get(i).matches("(ROUTES|STOP|REMOVE|REMOVE_NETWORK) .*")) {
                lastWrite = i;
            }
        }
        assertThat(deaths.subList(lastWrite + 1, deaths.size()))
                .as("also in the looks after all that")
                .anyMatch(call -> call.startsWith("CONTAINERS "));
    }

    private static long count(List<String> calls, String call) {
        return calls.stream().filter(c -> c.startsWith(call)).distinct().count();
    }

    private static Rig.Run killed(Spec.Twist twist, int call, boolean afterEffect) {
        return Rig.run(
                new History(
                        7L,
                        List.of(
                                new Event.Commit(
                                        FIRST, 0, List.of(shop(Spec.Image.QUICK, twist), BLOG)),
                                new Event.Commit(
                                        THEN,
                                        0,
                                        List.of(
                                                shop(Spec.Image.OTHER, twist),
                                                new Tree.Remove("blog"))),
                                new Event.Triggers(DONE, 0, 0))),
                new Rig.Kill(THEN, call, afterEffect));
    }

    private static Tree.Edit shop(Spec.Image image, Spec.Twist twist) {
        return new Tree.Put("shop", new Spec(image, 2, twist));
    }
}
