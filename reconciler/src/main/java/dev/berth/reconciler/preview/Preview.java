package dev.berth.reconciler.preview;

import dev.berth.schemas.config.PreviewId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a pull request or branch is to an app that has previews.
 *
 * @param verdict whether there is to be one
 */
public record Preview(PreviewId id, Subject subject, Verdict verdict) {

    /** What it is a preview of. */
    public sealed interface Subject {
        /** The ref in the repo: a branch by its short name, any other whole. */
        String ref();

        /** The newest commit, 40 hex. */
        String commit();

        Instant openedAt();

        Instant pushedAt();
    }

    public record OfPull(OpenPull pull) implements Subject {
        @Override
        public String ref() {
            return pull.ref();
        }

        @Override
        public String commit() {
            return pull.commit();
        }

        @Override
        public Instant openedAt() {
            return pull.openedAt();
        }

        @Override
        public Instant pushedAt() {
            return pull.pushedAt();
        }
    }

    public record OfBranch(OpenBranch branch) implements Subject {
        @Override
        public String ref() {
            return branch.name();
        }

        @Override
        public String commit() {
            return branch.commit();
        }

        @Override
        public Instant openedAt() {
            return branch.openedAt();
        }

        @Override
        public Instant pushedAt() {
            return branch.pushedAt();
        }
    }

    /** Whether there is to be one. */
    public sealed interface Verdict {}

    /**
     * There is.
     *
     * @param commit what it serves
     * @param note why that is not the newest commit; {@code null} when it is
     * @param until when it ends, unless something is pushed
     */
    public record Wanted(String commit, @Nullable String note, Instant until) implements Verdict {}

    /**
     * There will be when others have ended.
     *
     * @param before how many wait before it
     * @param most how many there may be at a time
     */
    public record Queued(int before, int most) implements Verdict {}

    /** There is none. */
    public record Refused(Why why, String message) implements Verdict {}

    /** Why there is none. */
    public enum Why {
        /** It is a draft. */
        DRAFT,
        /** A label is missing, or one is there that must not be. */
        LABEL,
        /** It comes out of a fork, and nobody has let that in. */
        FORK,
        /** Nothing was pushed for as long as previews stay. */
        EXPIRED
    }

    static Refused expired(Duration ttl) {
        return new Refused(
                Why.EXPIRED,
                "nothing was pushed for %s (spec.previews.ttl): push to have it again"
                        .formatted(words(ttl)));
    }

    private static String words(Duration time) {
        if (time.toHours() >= 1 && time.toMinutesPart() == 0) {
            return time.toHours() + " h";
        }
        return time.toMinutes() + " min";
    }
}
