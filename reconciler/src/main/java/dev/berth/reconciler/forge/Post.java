package dev.berth.reconciler.forge;

import org.jspecify.annotations.Nullable;

/** Something to be said at a forge. */
public sealed interface Post {
    ForgeRepo repo();

    /** As {@link Forge#status}. */
    record Status(ForgeRepo repo, String commit, CommitStatus status) implements Post {
        /** The same commit and context, ended otherwise than well or badly. */
        public Status ended(String why) {
            return new Status(
                    repo,
                    commit,
                    new CommitStatus(
                            status.context(), CommitStatus.State.ERROR, why, status.url()));
        }
    }

    /** As {@link Forge#comment}. */
    record Comment(ForgeRepo repo, int number, String marker, String markdown) implements Post {}

    /** As {@link Forge#check}. */
    record Lines(ForgeRepo repo, String commit, Check check) implements Post {}

    /** This, when it says of a commit that something is under way; else {@code null}. */
    default @Nullable Status pending() {
        return this instanceof Status status
                        && status.status().state() == CommitStatus.State.PENDING
                ? status
                : null;
    }

    /**
     * Says it now.
     *
     * @throws ForgeException when it was not taken
     */
    default void sendTo(Forge forge) throws ForgeException {
        switch (this) {
            case Status(ForgeRepo repo, String commit, CommitStatus status) ->
                    forge.status(repo, commit, status);
            case Comment(ForgeRepo repo, int number, String marker, String markdown) ->
                    forge.comment(repo, number, marker, markdown);
            case Lines(ForgeRepo repo, String commit, Check check) ->
                    forge.check(repo, commit, check);
        }
    }
}
