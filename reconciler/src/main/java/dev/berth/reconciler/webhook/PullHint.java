package dev.berth.reconciler.webhook;

import dev.berth.reconciler.source.RepoUrl;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody says that something happened to a pull request. Nothing follows from it but that this is
 * the time to ask the forge.
 *
 * @param repo as config names it
 * @param number from 1
 * @param at when the pull request changed last, by the sender's clock; {@code null} = not said
 */
public record PullHint(RepoUrl repo, int number, Action action, @Nullable Instant at) {
    /** What is said to have happened. */
    public enum Action {
        /** It is open now. */
        OPENED,
        CLOSED,
        CHANGED
    }
}
