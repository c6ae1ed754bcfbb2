package dev.berth.reconciler.notify;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Credentials as files of one directory, each with one secret; white space around it does not
 * count. A secret that a server is to be told lies in a directory with the name of that server:
 * whoever may write alerts may choose another server, but not whose password it gets. Nothing
 * outside of that directory can be named, and what others may read is not used. Thread-safe.
 */
public final class KeyFiles {
    private static final long LONGEST = 8192;
    private static final Pattern SERVER = Pattern.compile("[a-z0-9:][a-z0-9.:_-]{0,252}");
    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final Path directory;

    public KeyFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * What a file holds now.
     *
     * @param name a file name
     * @param server host name or address whose directory it is in; {@code null} = none
     * @throws IOException if it is not there or can't be used; the message says what to do
     */
    String read(String name, @Nullable String server) throws IOException {
        Path file = (server == null ? directory : of(server)).resolve(name);
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
            throw new IOException(missing(file, name, server));
        }
        if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
            throw new IOException(
                    "others may read %s: run chmod 600 %s, and replace the secret if others were there"
                            .formatted(file, file));
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

    private Path of(String server) throws IOException {
        String name = server.toLowerCase(Locale.ROOT);
        if (!SERVER.matcher(name).matches()) {
            throw new IOException(
                    "a file with a secret needs a server with a name: '%s' is none"
                            .formatted(name.replaceAll("[^a-z0-9.:_-]", "?")));
        }
        return directory.resolve(name);
    }

    private String missing(Path file, String name, @Nullable String server) {
        String wanted =
                "%s is not a file of at most 8 KiB: put the secret there (chmod 600)"
                        .formatted(file);
        return server == null
                ? wanted
                : wanted
                        + (Files.isRegularFile(directory.resolve(name))
                                ? ". %s is told to no server, since it does not say whose it is"
                                        .formatted(directory.resolve(name))
                                : ". It is told to that server alone");
    }
}
