package dev.berth.schemas.status;

import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One aspect of a resource, as kstatus defines it.
 *
 * @param status true, false or not known
 * @param message for people; ends without a full stop
 * @param observedGeneration the spec hash that the condition speaks of
 * @param lastTransitionTime when {@code status} last changed, or trouble began that it does not
 *     tell
 */
public record Condition(
        ConditionType type,
        Status status,
        ReasonCode reason,
        String message,
        String observedGeneration,
        Instant lastTransitionTime) {

    /**
     * This condition, having begun when the earlier one did if the status is the same and all was
     * not well before: another Berth wrote, or nobody asked for a certificate.
     */
    public Condition after(@Nullable Condition earlier) {
        return earlier == null || earlier.status != status || begins(earlier)
                ? this
                : new Condition(
                        type,
                        status,
                        reason,
                        message,
                        observedGeneration,
                        earlier.lastTransitionTime);
    }

    private boolean begins(Condition earlier) {
        return (earlier.reason.isNotAskedFor() && !reason.isNotAskedFor())
                || (earlier.status == Status.Unknown
                        && earlier.reason == ReasonCode.NotWriter
                        && reason != ReasonCode.NotWriter);
    }

    /** With the words for people cleaned of what may not leave. */
    Condition cleaned(UnaryOperator<String> cleaner) {
        return new Condition(
                type,
                status,
                reason,
                cleaner.apply(message),
                observedGeneration,
                lastTransitionTime);
    }

    /** Three-valued truth. */
    public enum Status {
        True,
        False,
        Unknown
    }
}
