package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;

/** How one change ended, or that it goes on. */
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

    /** Not begun, because something of the same resource, or of a dependant, failed before. */
    record Skipped(Change change) implements Outcome {}

    /**
     * Its resource is being worked on: by this change, by one before it, or by an earlier plan that
     * leads to the same. It ends in a later pass.
     *
     * @param since when that work began
     * @param phase what is done for the resource now, in one line
     */
    record Underway(Change change, Instant since, String phase) implements Outcome {}

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
