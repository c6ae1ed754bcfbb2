package dev.berth.webapp.view;

import org.jspecify.annotations.Nullable;

/**
 * A config commit as people read it.
 *
 * @param branch short name; empty when the text was not a revision
 * @param commit the first 12 digits
 * @param full as given
 */
public record RevisionView(String branch, String commit, String full) {
    private static final String MARK = "@sha1:";
    private static final int SHORT = 12;

    /** Reads {@code main@sha1:<40 hex>}; {@code null} for none. */
    public static @Nullable RevisionView of(@Nullable String revision) {
        if (revision == null || revision.isEmpty()) {
            return null;
        }
        int mark = revision.indexOf(MARK);
        if (mark < 0) {
            return new RevisionView("", revision, revision);
        }
        String commit = revision.substring(mark + MARK.length());
        return new RevisionView(
                revision.substring(0, mark),
                commit.substring(0, Math.min(SHORT, commit.length())),
                revision);
    }
}
