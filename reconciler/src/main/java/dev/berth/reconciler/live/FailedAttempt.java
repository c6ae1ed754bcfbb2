package dev.berth.reconciler.live;

import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the last try at a generation of a resource failed, or that it was repaired too often.
 *
 * @param generation the spec hash that was tried
 * @param attempts how often in a row it failed, or was repaired
 * @param retryAt when it is tried again; {@link Instant#MAX} = not until the spec changes
 * @param hold until when it is not to be repaired at once; {@code null} = it may be
 */
public record FailedAttempt(
        String generation,
        int attempts,
        Instant retryAt,
        ReasonCode reason,
        String message,
        @Nullable FailedAttempt hold) {
    private static final String STAND_IN = "in place of ";

    /** One of a resource that may be repaired. */
    public FailedAttempt(
            String generation, int attempts, Instant retryAt, ReasonCode reason, String message) {
        this(generation, attempts, retryAt, reason, message, null);
    }

    /** Nothing failed; it is only not to be repaired before then. */
    public static FailedAttempt onlyHeld(FailedAttempt hold) {
        return new FailedAttempt(
                hold.generation(), 0, Instant.MIN, hold.reason(), hold.message(), hold);
    }

    /** The same, tried again at another time. */
    public FailedAttempt retriedAt(Instant at) {
        return new FailedAttempt(generation, attempts, at, reason, message, hold);
    }

    /** The same, of a resource that is not to be repaired before then either. */
    public FailedAttempt with(FailedAttempt newHold) {
        return new FailedAttempt(generation, attempts, retryAt, reason, message, newHold);
    }

    /** What repairs are counted under of that which serves in place of a generation. */
    public static String inPlaceOf(String generation) {
        return STAND_IN + generation;
    }

    /**
     * The same, where what was to serve in its place failed too, and is not tried before then; nor
     * before a hold on its repair is over.
     */
    public FailedAttempt withStandIn(FailedAttempt standIn) {
        FailedAttempt held = standInHold();
        return held != null && held.retryAt().isAfter(standIn.retryAt()) ? this : with(standIn);
    }

    /**
     * Until when what serves in place of a generation is not to be tried, and how often it was;
     * {@code null} when nothing stands against it.
     */
    public @Nullable FailedAttempt standInHold() {
        return hold != null && hold.generation().startsWith(STAND_IN) ? hold : null;
    }

    /** True while what serves in place of this generation is not to be tried. */
    public boolean withoutStandIn(String wanted, Instant now) {
        return hold != null && hold.stands(inPlaceOf(wanted), now);
    }

    /** How often in a row what was to serve in place of this generation failed. */
    public int standInTries(String wanted) {
        return hold != null && hold.generation().equals(inPlaceOf(wanted)) ? hold.attempts() : 0;
    }

    /** True while this generation is not to be tried. */
    public boolean stands(String wanted, Instant now) {
        return generation.equals(wanted) && now.isBefore(retryAt);
    }

    /** True when only a change of the spec leads to another try. */
    public boolean permanent() {
        return retryAt.equals(Instant.MAX);
    }
}
