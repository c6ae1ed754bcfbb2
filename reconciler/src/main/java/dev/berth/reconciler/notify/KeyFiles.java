package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Credentials as files of one directory, each with one secret; white space around it does not
 * count. Nothing outside of that directory can be named.
 */
public final class KeyFiles implements Keyring {
    private static final long LONGEST = 8192;

    private final Path directory;

    public KeyFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public String reveal(Alert.Credential credential) throws IOException {
        Path file = directory.resolve(credential.fromFile());
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
            throw new IOException(
                    "%s is not a file of at most 8 KiB: put the secret there".formatted(file));
        }
        String secret;
        try {
            secret = Files.readString(file).strip();
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8 text", e);
        }
        if (secret.isEmpty()) {
            throw new IOException(file + " is empty: put the secret there");
        }
        return secret;
    }
}
