package dev.berth.reconciler.source;

import dev.berth.schemas.config.Instance.VerifyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign by the word of the machine's owner: {@code allowed_signers} and {@code gpg/*.asc} in
 * a directory that no commit can change. Read anew at each use.
 *
 * @param directory {@code keys} in Berth's home
 */
public record OwnerKeys(Path directory) {
    /**
     * The policy of the owner; {@code null} when none of the files is there.
     *
     * @throws StoreFault if one is there and can't be read, which does not mean that anyone may
     */
    @Nullable VerifyPolicy read() throws StoreFault {
        Path signers = directory.resolve("allowed_signers");
        try {
            List<String> gpg = new ArrayList<>();
            for (Path file : gpgFiles()) {
                gpg.add(Files.readString(file));
            }
            boolean ssh = Files.exists(signers);
            return ssh || !gpg.isEmpty()
                    ? new VerifyPolicy(VerifyMode.HEAD, ssh ? Files.readString(signers) : null, gpg)
                    : null;
        } catch (IOException e) {
            throw new StoreFault(
                    "the keys that may sign commits, in %s, can't be read".formatted(directory), e);
        }
    }

    private List<Path> gpgFiles() throws IOException {
        Path gpg = directory.resolve("gpg");
        if (!Files.isDirectory(gpg)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(gpg)) {
            return files.filter(file -> file.toString().endsWith(".asc")).sorted().toList();
        }
    }
}
