package dev.berth.schemas.status;

import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One try to make a resource what its document says: a rollout, a repair, a run of a job.
 *
 * @param revision the config commit it was for, {@code main@sha1:<40 hex>}
 * @param release id of the release; {@code null} for what has none
 * @param at when the last of them began
 * @param took how long it took
 * @param who made the commit; {@code null} when not known
 * @param reason why it was made, in one line
 * @param outcome how it ended
 * @param detail what went wrong, in one line; {@code null} when nothing did
 * @param times how often in a row the same came of it
 */
public record Attempt(
        String revision,
        @Nullable String release,
        Instant at,
        Duration took,
        @Nullable String who,
        String reason,
        Outcome outcome,
        @Nullable String detail,
        int times) {

    /** How it ended. */
    public enum Outcome {
        /** It serves, or ended well. */
        Succeeded,
        /** It does not work. */
        Failed,
        /** It was left for something newer. */
        Superseded,
        /** What took over failed soon after, and the release before it serves again. */
        RolledBack
    }

    /** True when it is the same try once more, and came to the same. */
    public boolean repeats(Attempt before) {
        return outcome == Outcome.Failed
                && before.outcome == Outcome.Failed
                && revision.equals(before.revision)
                && String.valueOf(release).equals(String.valueOf(before.release));
    }

    /** It, after so many others like it. */
    public Attempt after(int others) {
        return new Attempt(
                revision, release, at, took, who, reason, outcome, detail, others + times);
    }

    /** With the words for people cleaned of what may not leave. */
    Attempt cleaned(UnaryOperator<String> cleaner) {
        return new Attempt(
                revision,
                release,
                at,
                took,
                who,
                cleaner.apply(reason),
                outcome,
                detail == null ? null : cleaner.apply(detail),
                times);
    }
}
