package dev.berth.reconciler.source;

import dev.berth.schemas.config.Instance.VerifyMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which commits are followed. Holds the keys themselves, not where they lie, so that it means the
 * same when their files have changed.
 *
 * @param allowedSigners text of an OpenSSH allowed_signers file; {@code null} = no SSH key may sign
 * @param gpgKeys armoured public keys, one or more to a text
 */
public record VerifyPolicy(VerifyMode mode, @Nullable String allowedSigners, List<String> gpgKeys) {
    /** Every commit is followed. */
    public static final VerifyPolicy OFF = new VerifyPolicy(VerifyMode.OFF, null, List.of());

    public VerifyPolicy {
        gpgKeys = List.copyOf(gpgKeys);
    }

    /** The same keys, with the stricter of its own mode and another. */
    VerifyPolicy atLeast(VerifyMode other) {
        return new VerifyPolicy(mode.compareTo(other) < 0 ? other : mode, allowedSigners, gpgKeys);
    }
}
