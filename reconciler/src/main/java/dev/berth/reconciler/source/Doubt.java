package dev.berth.reconciler.source;

import dev.berth.schemas.status.ReasonCode;

/**
 * Why the newest commit of a repo is not known, or known and not followed.
 *
 * @param why {@code SourceUnavailable} or {@code SignatureInvalid}
 * @param cause for people: what failed and what to do
 */
public record Doubt(ReasonCode why, String cause) {
    /** The repo can't be read. */
    public static Doubt unavailable(String cause) {
        return new Doubt(ReasonCode.SourceUnavailable, cause);
    }

    /** The newest commit was read and may not be followed: a person must act. */
    public boolean isRefusal() {
        return why == ReasonCode.SignatureInvalid;
    }
}
