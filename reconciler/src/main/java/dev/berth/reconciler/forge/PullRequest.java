package dev.berth.reconciler.forge;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An open pull request, as its forge tells it.
 *
 * @param number its number in its repo; at GitLab the one after the {@code !}
 * @param title written by anyone: not to be trusted
 * @param url its page
 * @param author login name; empty when the account is gone
 * @param headCommit 40 hex digits, in lower case
 * @param headBranch as it is named in the repo it comes from; not to be trusted
 * @param baseBranch where it is to be merged
 * @param fork true when it comes from another repo than it goes to, by their ids, or when that is
 *     not known
 * @param labels their names
 * @param updatedAt by the forge's clock
 */
public record PullRequest(
        int number,
        String title,
        String url,
        String author,
        String headCommit,
        String headBranch,
        String baseBranch,
        boolean draft,
        boolean fork,
        SortedSet<String> labels,
        Instant updatedAt) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    public PullRequest {
        labels = Collections.unmodifiableSortedSet(new TreeSet<>(labels));
        if (number < 1 || !COMMIT.matcher(headCommit).matches()) {
            throw new IllegalArgumentException("a pull request has a number and a commit");
        }
    }
}
