package dev.berth.reconciler.lease;

import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/** Whether this Berth may write for its instance now. */
public sealed interface Standing {
    /**
     * It may.
     *
     * @param epoch the stamp that it does so by
     */
    record Writer(long epoch) implements Standing {}

    /**
     * Another does.
     *
     * @param holder id of its home
     */
    record Follower(String holder) implements Standing {}

    /**
     * It is not known yet, or not any more; so it may not.
     *
     * @param cause for people
     */
    record Undecided(String cause) implements Standing {}

    /** The stamp that it writes by; {@code null} for one that may not. */
    default @Nullable Long stamp() {
        return this instanceof Writer(long epoch) ? (Long) epoch : null;
    }

    /** Why it may not, for machines; {@code null} for one that may. */
    default @Nullable ReasonCode reason() {
        return switch (this) {
            case Writer _ -> null;
            case Follower _ -> ReasonCode.NotWriter;
            case Undecided _ -> ReasonCode.WriterUnknown;
        };
    }

    /** Why it may not, for people; {@code null} for one that may. */
    default @Nullable String whyNot() {
        return switch (this) {
            case Writer _ -> null;
            case Follower(var holder) ->
                    "another Berth (home %s) writes for this instance; this one only looks"
                            .formatted(holder);
            case Undecided(var cause) -> cause;
        };
    }
}
