package dev.berth.reconciler.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the engine that integration tests run on: DOCKER_HOST if it is set, else the one that
 * {@code ./berth engine env} names. A machine without one fails the tests: they are never skipped.
 */
public final class RealEngine {
    private static final Pattern EXPORT =
            Pattern.compile("(?m)^(?:export )?DOCKER_HOST=[\"']?([^\"'\\s]+)");
    private static final int PATIENCE_SECONDS = 300;

    private RealEngine() {}

    /** The engine's address. */
    public static String dockerHost() {
        String given = System.getenv("DOCKER_HOST");
        return given == null || given.isBlank() ? Found.HOST : given;
    }

    /** Asked once for all tests of a JVM. */
    private static final class Found {
        static final String HOST = askLauncher(launcher());
    }

    private static Path launcher() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path launcher = at.resolve("berth");
            if (Files.isExecutable(launcher) && Files.isRegularFile(launcher)) {
                return launcher;
            }
        }
        throw new IllegalStateException(
                "no container engine for the tests: set DOCKER_HOST, or run them in a clone with ./berth");
    }

    private static String askLauncher(Path launcher) {
        try {
            Path answer = Files.createTempFile("berth-engine", ".env");
            Process process =
                    new ProcessBuilder(launcher.toString(), "engine", "env")
                            .redirectErrorStream(true)
                            .redirectOutput(answer.toFile())
                            .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            String output = Files.readString(answer, StandardCharsets.UTF_8);
            Files.delete(answer);
            Matcher export = EXPORT.matcher(output);
            if (!export.find()) {
                throw new IllegalStateException(
                        "no container engine for the tests. Run ./berth engine up, then ./berth images. './berth engine env' said: "
                                + output.strip());
            }
            return export.group(1);
        } catch (IOException e) {
            throw new IllegalStateException("can't run " + launcher, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking " + launcher, e);
        }
    }
}
