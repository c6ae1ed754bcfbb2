package dev.berth.reconciler.source;

/** What a look at a Git repo gave. {@code Unavailable} never means "empty". */
public sealed interface SourceReading {
    /** The repo was read just now, or within the poll interval where one is kept to. */
    record Fresh(Revision revision, ConfigTree tree) implements SourceReading {}

    /**
     * The repo can't be read now, or what it says can't be trusted (branch gone, empty tree,
     * corrupt objects); this is the last revision that could.
     *
     * @param cause for people: what failed and what to do
     */
    record Stale(Revision revision, ConfigTree tree, String cause) implements SourceReading {}

    /**
     * The repo can't be read and never could.
     *
     * @param cause for people: what failed and what to do
     */
    record Unavailable(String cause) implements SourceReading {}
}
