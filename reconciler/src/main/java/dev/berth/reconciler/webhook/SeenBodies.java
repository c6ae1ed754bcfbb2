package dev.berth.reconciler.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Bodies that have come, the newest thousand: what a delivery is called is not signed, so that an
 * old one can come again under another name. Thread-safe.
 */
final class SeenBodies {
    private static final int MOST = 1000;

    // Guarded by this.
    private final SequencedSet<String> sums = new LinkedHashSet<>();

    /** Whether the same has come before. */
    boolean again(InputStream body) {
        String sum = sum(body);
        synchronized (this) {
            if (!sums.add(sum)) {
                return true;
            }
            if (sums.size() > MOST) {
                sums.removeFirst();
            }
            return false;
        }
    }

    private static String sum(InputStream body) {
        try (DigestInputStream all =
                new DigestInputStream(body, MessageDigest.getInstance("SHA-256"))) {
            all.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(all.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it is in memory
        }
    }
}
