package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A seed is enough to see the same run again. */
@Tag("simulation")
class SimulationReplayTest {
    private static final int HISTORIES = 50;

    @Test
    void run_sameSeedInAnotherJvmAfterOtherRuns_isTheSameRun() throws Exception {
        List<String> here = new ArrayList<>();
        for (long seed = 0; seed < HISTORIES; seed++) {
            here.add(line(seed));
        }
        assertThat(there()).containsExactlyElementsOf(here.reversed());
    }

    @Test
    void java_ofAHistory_makesItAgain() {
        History history =
                new History(
                        7L,
                        List.of(
                                new Event.Commit(
                                        Duration.ofSeconds(1),
                                        2,
                                        List.of(new Tree.Remove("shop")))));
        assertThat(JavaText.of(history))
                .isEqualTo(
                        "new History(7L, List.of(new Event.Commit(Duration.ofMillis(1000), 2, List.of(new Tree.Remove(\"shop\")))))");
    }

    private static String line(long seed) {
        return seed
                + " "
                + switch (Simulation.run(Generator.history(seed))) {
                    case Held held -> held.toString();
                    case Simulation.Broken broken -> broken.invariant() + broken.what();
                };
    }

    private static List<String> there() throws Exception {
        try (SecondJvm other = SecondJvm.start(SimulationReplayTest.class)) {
            return other.lines(Duration.ofMinutes(3));
        }
    }

    /** Prints the runs, the last one first: no run may depend on those before it. */
    public static void main(String[] args) {
        for (long seed = HISTORIES - 1; seed >= 0; seed--) {
            System.out.println(line(seed));
        }
    }
}
