package dev.berth.reconciler.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The engine that integration tests run on: the one at DOCKER_HOST, the machine's own, or a private
 * one that the launcher installs and starts, with the base images that tests use. A machine that
 * can have none fails the tests: they are never skipped.
 */
public final class RealEngine {
    /** The home that a private engine belongs to; its images stay for the next run. */
    public static final Path HOME =
            Path.of(System.getProperty("user.home"), ".cache", "berth", "test-engine");

    private static final Pattern EXPORT =
            Pattern.compile("(?m)^(?:export )?DOCKER_HOST=[\"']?([^\"'\\s]+)");
    private static final int PATIENCE_MINUTES = 8;

    private RealEngine() {}

    /** The engine's address. */
    public static String dockerHost() {
        return Found.HOST;
    }

    /** Makes sure that it has more base images than every test needs, by name and tag. */
    public static void provide(String... images) {
        var _ = dockerHost(); // it has to run
        List<String> words = new ArrayList<>(List.of("images", "--only"));
        words.addAll(List.of(images));
        launcher(words.toArray(String[]::new));
    }

    /** Asked once for all tests of a JVM. */
    private static final class Found {
        static final String HOST = find();
    }

    private static String find() {
        launcher("engine", "up");
        launcher("images", "--only", "busybox:1", "node:22");
        String output = launcher("engine", "env");
        Matcher export = EXPORT.matcher(output);
        if (!export.find()) {
            throw new IllegalStateException("./berth engine env names no engine: " + output);
        }
        return export.group(1);
    }

    /** The root of the source tree, where the launcher is. */
    public static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path launcher = at.resolve("berth");
            if (Files.isExecutable(launcher) && Files.isRegularFile(launcher)) {
                return at;
            }
        }
        throw new IllegalStateException(
                "these tests run in a clone, which has ./berth at its root");
    }

    private static String launcher(String... arguments) {
        List<String> command = new ArrayList<>(List.of(root().resolve("berth").toString()));
        command.addAll(List.of(arguments));
        try {
            Path answer = Files.createTempFile("berth-engine", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(answer.toFile());
            builder.environment().put("BERTH_HOME", HOME.toString());
            Process process = builder.start();
            boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly();
            }
            String output = Files.readString(answer, StandardCharsets.UTF_8);
            Files.delete(answer);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(
                        "no container engine for the tests: %s said: %s"
                                .formatted(command, output.strip()));
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException("can't run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + command, e);
        }
    }
}
