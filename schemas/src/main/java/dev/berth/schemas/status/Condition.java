package dev.berth.schemas.status;

import java.time.Instant;

/**
 * One aspect of a resource, as kstatus defines it.
 *
 * @param status true, false or not known
 * @param message for people; ends without a full stop
 * @param observedGeneration the spec hash that the condition speaks of
 * @param lastTransitionTime when {@code status} last changed
 */
public record Condition(
        ConditionType type,
        Status status,
        ReasonCode reason,
        String message,
        String observedGeneration,
        Instant lastTransitionTime) {

    /** Three-valued truth. */
    public enum Status {
        True,
        False,
        Unknown
    }
}
