package dev.berth.reconciler.forge;

import org.jspecify.annotations.Nullable;

/**
 * A server of repos and pull requests, asked as who Berth is there. Every call asks the server and
 * waits for it, half a minute at most for each request. Thread-safe, but for what is said of {@link
 * #comment}.
 */
public interface Forge {
    /**
     * Which pull requests are open: all of them, never a part.
     *
     * @param since from an earlier answer for that repo; {@code null} = tell all the same
     * @throws ForgeException when that can't be known now, for whatever cause
     */
    Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException;

    /**
     * How one pull request stands.
     *
     * @throws ForgeException when that can't be known now; that it is not found proves nothing
     */
    PullState state(ForgeRepo repo, int number) throws ForgeException;

    /**
     * Who gave that label last, and whether they may write to the repo.
     *
     * @throws ForgeException when that can't be known now
     */
    Labeled labeled(ForgeRepo repo, int number, String label) throws ForgeException;

    /**
     * Says how a commit stands; replaces what was said before with the same context.
     *
     * @param commit 40 hex digits
     * @throws ForgeException when it was not taken
     */
    void status(ForgeRepo repo, String commit, CommitStatus status) throws ForgeException;

    /**
     * Sees to it that a pull request has one comment of ours with that text: writes it, or edits
     * the one that is there. Sends nothing when it says that already. For one thread at a time for
     * each pull request: two would write two comments.
     *
     * @param marker tells this comment from others of ours, also from those of other Berths: {@code
     *     prod/preview/shop}, of letters, digits and {@code . _ / -}; nobody sees it
     * @param markdown cut to 60,000 characters
     * @throws ForgeException when it was not taken
     */
    void comment(ForgeRepo repo, int number, String marker, String markdown) throws ForgeException;

    /**
     * Says what is wrong with lines of a commit. Nothing happens where the forge has no way for
     * that, or does not let us: a {@link #status} says the same in short.
     *
     * @param commit 40 hex digits
     * @throws ForgeException when it was not taken
     */
    default void check(ForgeRepo repo, String commit, Check check) throws ForgeException {}

    /** The ref in a repo that has the head of a pull request. */
    String pullRef(int number);
}
