package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Control keeps its promises whatever happens. Other numbers of histories with {@code
 * -Dberth.simulation.histories=}, others with {@code -Dberth.simulation.seed=}, the first. Half of
 * them are run by a second JVM: the threads of two worlds in one would wake each other.
 */
class SimulationTest {
    private static final int HISTORIES = Integer.getInteger("berth.simulation.histories", 1_000);
    private static final long FIRST = Long.getLong("berth.simulation.seed", 0L);
    private static final int MOST_BROKEN = 3;

    /** Of a machine that does other things as well. */
    private static final Duration PATIENCE = Duration.ofSeconds(60).plusMillis(100L * HISTORIES);

    @Test
    void histories_allOfThem_keepEveryInvariant() throws Exception {
        long half = FIRST + HISTORIES / 2;
        try (SecondJvm second =
                SecondJvm.start(SimulationTest.class, half, FIRST + HISTORIES - half)) {
            List<String> broken = new ArrayList<>(broken(FIRST, half - FIRST));
            broken.addAll(second.lines(PATIENCE));
            assertThat(String.join("\n", broken)).isEmpty();
        }
    }

    private static List<String> broken(long first, long histories) {
        List<String> broken = new ArrayList<>();
        for (long seed = first; seed < first + histories && broken.size() < MOST_BROKEN; seed++) {
            if (Simulation.run(Generator.history(seed)) instanceof Broken how) {
                broken.add(Report.of(seed, how, Bug.NONE));
            }
        }
        return broken;
    }

    /** Prints what broke of so many histories from a seed on. */
    public static void main(String[] args) {
        broken(Long.parseLong(args[0]), Long.parseLong(args[1])).forEach(System.out::println);
    }
}
