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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine dies with kill -9 and comes back. Only ever the private engine of the tests. */
class EngineFaultsIT {
    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() {
        berth = new Berth(directory);
        berth.push("begin").up();
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    @AfterEach
    void reviveEngine() {
        revive();
    }

    private static void revive() {
        Shell.must(
                RealEngine.root(),
                Map.of("BERTH_HOME", RealEngine.HOME.toString()),
                Duration.ofMinutes(2),
                "./berth",
                "engine",
                "up");
    }

    /** kill -9 of the engine that the launcher started for the tests. */
    private static void killEngine() throws IOException {
        Path settings = RealEngine.HOME.resolve("run").resolve("engine.env");
        assertThat(settings)
                .as(
                        "these tests kill their engine, so it must be the private one of the tests:"
                                + " run them as root on Debian with no DOCKER_HOST set, after"
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

    @Test
    void engineKilledMidRollout_servesOnAndFinishesWhenItIsBack() throws Exception {
        berth.write("app.yaml", Apps.answering("roll", "one")).push("one");
        berth.awaitBody("roll", "/", "one");
        try (Poller client = new Poller(berth, "roll.localhost")) {
            berth.write("app.yaml", Apps.startingSlowly("roll", "two", 5000)).push("two");
            berth.await("a candidate", () -> berth.containers.of("roll").size() == 2);

            killEngine();
            berth.await(
                    "the status to say so",
                    () -> berth.api("resources").toString().contains("EngineUnavailable"));
            assertThat(berth.get("roll.localhost", "/").statusCode()).isEqualTo(200);
            revive();

            berth.awaitBody("roll", "/", "two");
            berth.await("one container", () -> berth.containers.of("roll").size() == 1);
            assertThat(client.failures()).isEmpty();
        }
        berth.awaitCondition("app/roll", "Ready", "True");
    }

    @Test
    void engineDownAtStartOfControl_isUnknownAndDeletesNothing() throws Exception {
        berth.write("down.yaml", Apps.answering("down", "one")).push("one");
        berth.awaitBody("down", "/", "one");
        berth.awaitCondition("app/down", "Ready", "True");
        killEngine();
        berth.kill("control");

        berth.awaitCondition("app/down", "Ready", "Unknown");

        assertThat(berth.condition("app/down", "Ready").path("reason").asString())
                .isEqualTo("EngineUnavailable");
        assertThat(berth.get("down.localhost", "/").body()).isEqualTo("one");
        revive();
        berth.awaitCondition("app/down", "Ready", "True");
        assertThat(berth.containers.of("down")).hasSize(1);
    }
}
