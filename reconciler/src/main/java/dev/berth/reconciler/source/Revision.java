package dev.berth.reconciler.source;

import java.time.Instant;

/**
 * One commit of a branch or a tag; written {@code main@sha1:<40 hex>}, {@code tags/v1@sha1:<40
 * hex>}.
 *
 * @param branch short name; of a tag the full one, {@code refs/tags/v1}
 * @param commit 40 hex digits
 * @param author {@code Name <mail>} as the commit has it
 * @param committedAt the committer's time
 */
public record Revision(String branch, String commit, String author, Instant committedAt) {
    private static final String REFS = "refs/";
    private static final String NO_COMMIT = "0".repeat(40);

    /** Files on disk, which no commit has; written {@code these files}. */
    public static Revision ofFiles(Instant now) {
        return new Revision("files", NO_COMMIT, "", now);
    }

    /** The first 12 digits of the commit. */
    public String shortCommit() {
        return commit.substring(0, 12);
    }

    @Override
    public String toString() {
        if (commit.equals(NO_COMMIT)) {
            return "these files";
        }
        String shown = branch.startsWith(REFS) ? branch.substring(REFS.length()) : branch;
        return shown + "@sha1:" + commit;
    }
}
