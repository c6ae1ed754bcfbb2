package dev.berth.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The container engine of the system tests: the machine's own, or the private one that the launcher
 * starts. A machine that can have none fails the tests. Its images stay for the next run.
 */
final class TestEngine {
    /** The root of the source tree. */
    static final Path ROOT = root();

    /** The home that a private engine belongs to; apart from every Berth under test. */
    static final Path HOME =
            Path.of(System.getProperty("user.home"), ".cache", "berth", "test-engine");

    private TestEngine() {}

    /** Its address; makes sure that it runs and has the base images that tests use. */
    static synchronized String host() {
        Map<String, String> env = Map.of("BERTH_HOME", HOME.toString());
        Duration patience = Duration.ofMinutes(6);
        Shell.must(ROOT, env, patience, "./berth", "engine", "up");
        Shell.must(ROOT, env, patience, "./berth", "images", "--only", "busybox:1", "node:22");
        String exported = Shell.must(ROOT, env, patience, "./berth", "engine", "env").strip();
        String prefix = "export DOCKER_HOST=";
        return exported.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).replaceAll("^['\"]|['\"]$", ""))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no DOCKER_HOST in: " + exported));
    }

    /** Starts it again after it was killed. */
    static void revive() {
        Shell.must(
                ROOT,
                Map.of("BERTH_HOME", HOME.toString()),
                Duration.ofMinutes(2),
                "./berth",
                "engine",
                "up");
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (at.getParent() != null && !at.resolve("berth").toFile().canExecute()) {
            at = at.getParent();
        }
        return at;
    }
}
