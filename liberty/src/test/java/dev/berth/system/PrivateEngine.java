package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The engine of the tests, to be killed. Only ever the private one. */
final class PrivateEngine {
    private PrivateEngine() {}

    /** Starts it again, if it does not run. */
    static void revive() {
        Shell.must(
                RealEngine.root(),
                Map.of("BERTH_HOME", RealEngine.HOME.toString()),
                Duration.ofMinutes(2),
                "./berth",
                "engine",
                "up");
    }

    /** kill -9 of the engine that the launcher started for the tests. */
    static void kill() throws IOException {
        Path settings = RealEngine.HOME.resolve("run").resolve("engine.env");
        assertThat(settings)
                .as(
                        "the test kills its engine, so it must be the private one of the tests:"
                                + " run it as root on Debian with no DOCKER_HOST set, after"
                                + " BERTH_HOME=%s ./berth engine up --private",
                        RealEngine.HOME)
                .content()
                .contains("BERTH_ENGINE_PRIVATE=1", "BERTH_ENGINE_PID=");
        long pid =
                Files.readAllLines(settings).stream()
                        .filter(line -> line.startsWith("BERTH_ENGINE_PID="))
                        .map(line -> Long.parseLong(line.substring(line.indexOf('=') + 1)))
                        .findFirst()
                        .orElseThrow();
        Optional<ProcessHandle> engine = ProcessHandle.of(pid);
        engine.orElseThrow().destroyForcibly();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !isRunning(pid));
    }

    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
