package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Control keeps its promises whatever happens. More histories with {@code
 * -Dberth.simulation.histories=}, others with {@code -Dberth.simulation.seed=}, the first.
 */
class SimulationTest {
    private static final int HISTORIES = Integer.getInteger("berth.simulation.histories", 500);
    private static final long FIRST = Long.getLong("berth.simulation.seed", 0L);

    @Test
    void histories_allOfThem_keepEveryInvariant() {
        List<String> broken = new ArrayList<>();
        for (long seed = FIRST; seed < FIRST + HISTORIES && broken.size() < 3; seed++) {
            if (Simulation.run(Generator.history(seed)) instanceof Broken how) {
                broken.add(Report.of(seed, how, Bug.NONE));
            }
        }
        assertThat(broken).isEmpty();
    }
}
