package dev.berth.reconciler.source;

/**
 * A commit that is not followed, and what its repo would hold if it were merged into the branch
 * that is.
 *
 * @param revision the commit; its branch is what it was asked by, {@code pull/12}
 * @param tree what is looked at: the merge, or the commit as it is; readable until the next one is
 *     asked for
 * @param head the files of the commit as it is; readable as long
 * @param base the commit of the followed branch that it was held against
 * @param baseTree its files; readable as long
 * @param way how {@code tree} came about
 * @param own whether a branch or tag of the repo stands at the commit, or the followed branch has
 *     it: somebody who may push has put it there. If not, it may be anybody's
 */
public record Aside(
        Revision revision,
        ConfigTree tree,
        ConfigTree head,
        Revision base,
        ConfigTree baseTree,
        Way way,
        boolean own) {
    /** How the tree came about. */
    public sealed interface Way {}

    /** The followed commit is in its history, or is it: merging changes nothing of its files. */
    public record Ahead() implements Way {}

    /** Merged with the followed commit, which has commits that it has not. */
    public record Merged() implements Way {}

    /** The followed branch has it already: as if that went back to it. */
    public record Behind() implements Way {}

    /**
     * It can't be merged: its own files alone.
     *
     * @param why a clause for people, without full stop
     */
    public record Alone(String why) implements Way {}

    /** True when it is the followed commit itself. */
    public boolean isFollowed() {
        return revision.commit().equals(base.commit());
    }
}
