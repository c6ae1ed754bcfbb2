package dev.berth.reconciler.live;

import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;

/**
 * How the last try at a generation of a resource failed.
 *
 * @param generation the spec hash that was tried
 * @param attempts how often in a row it failed
 * @param retryAt when it is tried again; {@link Instant#MAX} = not until the spec changes
 */
public record FailedAttempt(
        String generation, int attempts, Instant retryAt, ReasonCode reason, String message) {
    /** The same, tried again at another time. */
    public FailedAttempt retriedAt(Instant at) {
        return new FailedAttempt(generation, attempts, at, reason, message);
    }

    /** True when only a change of the spec leads to another try. */
    public boolean permanent() {
        return retryAt.equals(Instant.MAX);
    }
}
