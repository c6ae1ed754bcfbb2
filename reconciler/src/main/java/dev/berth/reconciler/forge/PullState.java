package dev.berth.reconciler.forge;

/** What a forge says of one pull request. */
public sealed interface PullState {
    /** It is open. */
    record Open(PullRequest pull) implements PullState {}

    /**
     * It is closed: the forge said so of that number.
     *
     * @param merged false when it was turned down
     */
    record Closed(boolean merged) implements PullState {}
}
