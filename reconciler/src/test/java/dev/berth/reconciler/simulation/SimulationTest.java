package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Control keeps its promises whatever happens. Other numbers of histories with {@code
 * -Dberth.simulation.histories=}, others with {@code -Dberth.simulation.seed=}, the first; more of
 * what happened last with {@code -Dberth.simulation.trace=}, a number of lines. A second JVM takes
 * its share of them, as many as it can: the threads of two worlds in one would wake each other.
 */
class SimulationTest {
    private static final int HISTORIES = Integer.getInteger("berth.simulation.histories", 10_000);
    private static final long FIRST = Long.getLong("berth.simulation.seed", 0L);
    private static final int MOST_BROKEN = 3;

    /** So many are taken at a time. */
    private static final int SOME = 20;

    /** Of a machine that does other things as well. */
    private static final Duration PATIENCE = Duration.ofSeconds(60).plusMillis(100L * HISTORIES);

    @Test
    void histories_allOfThem_keepEveryInvariant() throws Exception {
        AtomicLong next = new AtomicLong(FIRST);
        List<String> broken = new ArrayList<>();
        try (SecondJvm second =
                SecondJvm.start(SimulationTest.class, () -> next.getAndAdd(SOME) + "")) {
            for (long seed = next.getAndAdd(SOME);
                    seed < FIRST + HISTORIES && broken.size() < MOST_BROKEN;
                    seed = next.getAndAdd(SOME)) {
                broken.addAll(broken(seed));
            }
            next.set(FIRST + HISTORIES); // also when enough is broken
            broken.addAll(second.lines(PATIENCE));
            assertThat(String.join("\n", broken)).isEmpty();
        }
    }

    /** What breaks in some histories from a seed on. */
    private static List<String> broken(long first) {
        List<String> broken = new ArrayList<>();
        long end = Math.min(first + SOME, FIRST + HISTORIES);
        for (long seed = first; seed < end && broken.size() < MOST_BROKEN; seed++) {
            if (Simulation.run(Generator.history(seed)) instanceof Broken how) {
                broken.add(Report.of(seed, how, Bug.NONE));
            }
        }
        return broken;
    }

    /** Asks for seeds, and prints what breaks in histories from there on, until it has some. */
    public static void main(String[] args) throws IOException {
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<String> broken = new ArrayList<>();
        long seed = asked(answers);
        while (seed < FIRST + HISTORIES && broken.size() < MOST_BROKEN) {
            broken.addAll(broken(seed));
            seed = asked(answers);
        }
        broken.forEach(System.out::println);
    }

    private static long asked(BufferedReader answers) throws IOException {
        System.out.println(SecondJvm.ASKS);
        System.out.flush();
        String line = answers.readLine();
        return line == null ? Long.MAX_VALUE : Long.parseLong(line);
    }
}
