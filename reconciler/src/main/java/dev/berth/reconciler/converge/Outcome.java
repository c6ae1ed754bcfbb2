package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;

/** How one change ended. */
public sealed interface Outcome {
    Change change();

    /** It is so. */
    record Done(Change change, Duration duration) implements Outcome {}

    /**
     * It failed.
     *
     * @param next what follows
     * @param message cause, probe answer and last log lines
     */
    record Failed(Change change, Duration duration, Next next, ReasonCode reason, String message)
            implements Outcome {}

    /** Not begun, because an earlier change of the same resource, or of a dependant, failed. */
    record Skipped(Change change) implements Outcome {}

    /** The plan said not to. */
    record Blocked(Change.Blocked change) implements Outcome {}

    /** What follows a failure. */
    enum Next {
        /** Tried again with backoff. */
        RETRY,
        /** Looked at again soon; nothing is wrong. */
        WAIT,
        /** Not tried again until the spec changes. */
        STALL
    }
}
