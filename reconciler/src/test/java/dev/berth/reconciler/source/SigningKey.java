package dev.berth.reconciler.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * An SSH key that signs commits, made by OpenSSH's ssh-keygen.
 *
 * @param name whose it is
 * @param file its private half
 */
public record SigningKey(String name, Path file) {
    /** Makes a new one. */
    public static SigningKey make(Path directory, String name) {
        Path file = directory.resolve("key-of-" + name);
        ProcessBuilder builder =
                new ProcessBuilder(
                                "ssh-keygen",
                                "-q",
                                "-t",
                                "ed25519",
                                "-N",
                                "",
                                "-C",
                                name,
                                "-f",
                                file.toString())
                        .redirectErrorStream(true);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError("ssh-keygen failed: " + output);
            }
            return new SigningKey(name, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Its line in an allowed_signers file. */
    public String line() {
        try {
            return "%s@example.com %s"
                    .formatted(
                            name,
                            Files.readString(file.resolveSibling(file.getFileName() + ".pub")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
