package dev.berth.reconciler.source;

import java.time.Instant;

/**
 * One commit of a branch; written {@code main@sha1:<40 hex>}.
 *
 * @param branch short name
 * @param commit 40 hex digits
 * @param author {@code Name <mail>} as the commit has it
 * @param committedAt the committer's time
 */
public record Revision(String branch, String commit, String author, Instant committedAt) {
    /** The first 12 digits of the commit. */
    public String shortCommit() {
        return commit.substring(0, 12);
    }

    @Override
    public String toString() {
        return branch + "@sha1:" + commit;
    }
}
