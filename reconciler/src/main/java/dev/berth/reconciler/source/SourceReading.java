package dev.berth.reconciler.source;

/** What a look at a Git repo gave. {@code Unavailable} never means "empty". */
public sealed interface SourceReading {
    /** The repo was read just now, or within the poll interval where one is kept to. */
    record Fresh(Revision revision, ConfigTree tree) implements SourceReading {}

    /**
     * The repo can't be read now, or what it says can't be trusted (branch gone, empty tree,
     * corrupt objects, a commit that is not signed as it must be); this is the last revision that
     * could.
     */
    record Stale(Revision revision, ConfigTree tree, Doubt doubt) implements SourceReading {
        /** The repo can't be read, for this cause. */
        public Stale(Revision revision, ConfigTree tree, String cause) {
            this(revision, tree, Doubt.unavailable(cause));
        }

        /** For people: what failed and what to do. */
        public String cause() {
            return doubt.cause();
        }
    }

    /** The repo can't be read, or may not be followed, and never could. */
    record Unavailable(Doubt doubt) implements SourceReading {
        /** The repo can't be read, for this cause. */
        public Unavailable(String cause) {
            this(Doubt.unavailable(cause));
        }

        /** For people: what failed and what to do. */
        public String cause() {
            return doubt.cause();
        }
    }

    /** True when the repo itself was read just now, whatever is thought of what it said. */
    default boolean answered() {
        return switch (this) {
            case Fresh _ -> true;
            case Stale(_, _, Doubt doubt) -> doubt.isRefusal();
            case Unavailable(Doubt doubt) -> doubt.isRefusal();
        };
    }
}
