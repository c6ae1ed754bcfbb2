package dev.berth.reconciler.preview;

import java.time.Instant;

/**
 * A branch that is there.
 *
 * @param name short
 * @param commit its newest, 40 hex
 * @param openedAt when Berth first saw it
 * @param pushedAt when Berth first saw its commit
 */
public record OpenBranch(String name, String commit, Instant openedAt, Instant pushedAt) {
    /** The same as it is now. */
    OpenBranch then(OpenBranch now) {
        return new OpenBranch(
                name, now.commit, openedAt, now.commit.equals(commit) ? pushedAt : now.pushedAt);
    }
}
