package dev.berth.proxy.tls;

import dev.berth.proxy.disk.PrivateFile;
import dev.berth.schemas.edge.Certificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate for names that have none: signed by itself, kept in a file, so that somebody who
 * chose to trust it need not do so after each restart.
 */
final class DefaultCertificate {
    private static final Logger LOG = LoggerFactory.getLogger(DefaultCertificate.class);
    private static final List<String> NAMES = List.of("localhost", "*.localhost");
    private static final Duration VALID = Duration.ofDays(5 * 365);
    private static final Duration RENEWED_BEFORE = Duration.ofDays(90);
    private static final String KEY = "-----BEGIN PRIVATE KEY-----";

    private DefaultCertificate() {}

    /** The one in the file, or a new one, which is written there. */
    static Certificate loadOrMake(Path file, Instant now) throws GeneralSecurityException {
        Certificate kept = load(file, now);
        if (kept != null) {
            return kept;
        }
        Certificate made = SelfSigned.make(NAMES, now, VALID);
        try {
            PrivateFile.write(file, (made.chain() + made.key()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn("the default certificate cannot be kept at {}: {}", file, e.toString());
        }
        return made;
    }

    private static @Nullable Certificate load(Path file, Instant now) {
        try {
            String text = Files.readString(file);
            int key = Math.max(0, text.indexOf(KEY));
            Certificate kept = new Certificate(NAMES, text.substring(0, key), text.substring(key));
            KeyMaterial keys = KeyMaterial.of(kept);
            keys.check();
            if (keys.end().isAfter(now.plus(RENEWED_BEFORE))) {
                return kept;
            }
        } catch (NoSuchFileException e) {
            return null; // the first start
        } catch (IOException | GeneralSecurityException e) {
            LOG.warn("the default certificate at {} cannot be used: {}", file, e.toString());
        }
        return null;
    }
}
