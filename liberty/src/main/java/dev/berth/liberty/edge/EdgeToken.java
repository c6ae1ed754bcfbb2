package dev.berth.liberty.edge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret that an edge shows, kept in a file that may be replaced while Berth runs. Without a
 * file nobody is let in. Thread-safe.
 */
public final class EdgeToken {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeToken.class);
    private static final String SCHEME = "Bearer ";

    private final @Nullable Path file;

    /**
     * Makes a token that reads the file at each use.
     *
     * @param file {@code null} = let nobody in
     */
    public EdgeToken(@Nullable Path file) {
        this.file = file;
    }

    /**
     * True when an {@code Authorization} header shows the token; compared in constant time.
     *
     * @param header {@code null} when there is none
     */
    public boolean admits(@Nullable String header) {
        if (file == null || header == null || !header.startsWith(SCHEME)) {
            return false;
        }
        try {
            byte[] expected = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
            byte[] shown =
                    header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
            return expected.length > 0 && MessageDigest.isEqual(expected, shown);
        } catch (IOException e) {
            LOG.warn("the edge's token can't be read from {}: {}", file, e.getMessage());
            return false;
        }
    }
}
