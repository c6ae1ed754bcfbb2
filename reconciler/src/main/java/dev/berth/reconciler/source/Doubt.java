package dev.berth.reconciler.source;

import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Why the newest commit of a repo is not known, or known and not followed.
 *
 * @param why {@code SourceUnavailable} or {@code SignatureInvalid}
 * @param cause for people: what failed and what to do
 * @param commit the newest, 40 hex, where it is known and not followed; {@code null} elsewhere
 */
public record Doubt(ReasonCode why, String cause, @Nullable String commit) {
    /** One whose commit nobody tells. */
    public Doubt(ReasonCode why, String cause) {
        this(why, cause, null);
    }

    /** The repo can't be read. */
    public static Doubt unavailable(String cause) {
        return new Doubt(ReasonCode.SourceUnavailable, cause);
    }

    /** The newest commit was read and may not be followed: a person must act. */
    public boolean isRefusal() {
        return why == ReasonCode.SignatureInvalid;
    }
}
