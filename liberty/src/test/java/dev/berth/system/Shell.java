package dev.berth.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands. Output goes through a file, so that a process left behind can't hold a pipe open.
 */
final class Shell {
    private Shell() {}

    /** How a command ended; both streams together. */
    record Result(int exit, String output) {}

    /** Runs a command to its end, whatever it returns. */
    static Result run(
            Path directory, Map<String, String> env, Duration patience, String... command) {
        try {
            Path output = Files.createTempFile("berth-system", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(env);
            Process process = builder.start();
            boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            return new Result(
                    ended ? process.exitValue() : -1,
                    ended ? text : text + "\nnot done within " + patience);
        } catch (IOException e) {
            throw new IllegalStateException("can't run " + List.of(command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + List.of(command), e);
        }
    }

    /** Runs a command that must succeed, and gives its output. */
    static String must(
            Path directory, Map<String, String> env, Duration patience, String... command) {
        Result result = run(directory, env, patience, command);
        if (result.exit() != 0) {
            throw new AssertionError(
                    "%s ended with %d:%n%s"
                            .formatted(List.of(command), result.exit(), result.output()));
        }
        return result.output();
    }
}
