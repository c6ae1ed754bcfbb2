package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Control keeps its promises whatever happens. Other numbers of histories with {@code
 * -Dberth.simulation.histories=}, others with {@code -Dberth.simulation.seed=}, the first; more of
 * what happened last with {@code -Dberth.simulation.trace=}, a number of lines. All in one thread:
 * those of two worlds in one JVM would wake each other, and a second JVM, which has all to compile
 * again, gains nothing on two cores.
 */
@Tag("simulation")
class SimulationTest {
    private static final int HISTORIES = Integer.getInteger("berth.simulation.histories", 10_000);
    private static final long FIRST = Long.getLong("berth.simulation.seed", 0L);
    private static final int MOST_BROKEN = 3;

    @Test
    void histories_allOfThem_keepEveryInvariant() {
        List<String> broken = new ArrayList<>();
        for (long seed = FIRST; seed < FIRST + HISTORIES && broken.size() < MOST_BROKEN; seed++) {
            if (Simulation.run(Generator.history(seed)) instanceof Broken how) {
                broken.add(Report.of(seed, how, Bug.NONE));
            }
        }
        assertThat(String.join("\n", broken)).isEmpty();
    }
}
