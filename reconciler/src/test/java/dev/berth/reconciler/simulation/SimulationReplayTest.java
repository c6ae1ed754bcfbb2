package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Held;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A seed is enough to see the same run again. */
class SimulationReplayTest {
    private static final int HISTORIES = 50;

    @Test
    void run_sameSeedInAnotherJvm_isTheSameRun() throws Exception {
        List<String> here = new ArrayList<>();
        for (long seed = 0; seed < HISTORIES; seed++) {
            here.add(line(seed));
        }
        assertThat(there()).containsExactlyElementsOf(here);
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

    /** Also of a class loader that a test runner makes for it. */
    private static String classPath() {
        return SimulationReplayTest.class.getClassLoader() instanceof URLClassLoader loader
                ? Stream.of(loader.getURLs())
                        .map(URL::getPath)
                        .collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    private static List<String> there() throws Exception {
        Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "--add-opens",
                                "java.base/java.lang=ALL-UNNAMED",
                                "-Djdk.trackAllThreads=false",
                                "-cp",
                                classPath(),
                                SimulationReplayTest.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<String> lines = other.inputReader().lines().toList();
        assertThat(other.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    /** Prints the runs. */
    public static void main(String[] args) {
        for (long seed = 0; seed < HISTORIES; seed++) {
            System.out.println(line(seed));
        }
    }
}
