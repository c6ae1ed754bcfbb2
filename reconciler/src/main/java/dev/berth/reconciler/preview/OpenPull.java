package dev.berth.reconciler.preview;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A pull request that is open, as far as is known.
 *
 * @param number at least 1
 * @param url its page; {@code null} = not known, as no forge was asked
 * @param ref where its commits are in the repo, {@code refs/pull/12/head}
 * @param commit its newest, 40 hex
 * @param branch what it comes from
 * @param base what it is to be merged into
 * @param fork whether it comes out of another repo, or may
 * @param openedAt when Berth first saw it open
 * @param pushedAt when Berth first saw its commit
 * @param labeled for a fork: which commit was its newest when each of its labels was given, as far
 *     as Berth knows: it saw that commit without the label and then with it, or the label was given
 *     again after Berth had seen that commit
 * @param approved for a fork: those of them that somebody with write permission gave; of the others
 *     that is to be asked, and their commit is {@code commit}
 */
public record OpenPull(
        int number,
        String title,
        @Nullable String url,
        String author,
        String ref,
        String commit,
        String branch,
        String base,
        boolean draft,
        boolean fork,
        SortedSet<String> labels,
        Instant openedAt,
        Instant pushedAt,
        SortedMap<String, String> labeled,
        SortedSet<String> approved) {
    public OpenPull {
        labels = Collections.unmodifiableSortedSet(new TreeSet<>(labels));
        labeled = Collections.unmodifiableSortedMap(new TreeMap<>(labeled));
        approved = Collections.unmodifiableSortedSet(new TreeSet<>(approved));
    }

    /**
     * The same as it is now. A label that nobody has said yet who gave it counts for nothing once
     * something is pushed: whoever gave it may have seen either commit. A commit that was the
     * repo's own stays so: where its branch is gone, some forges can't tell any more.
     *
     * @param now as it was just seen, for the first time as far as that knows
     */
    OpenPull then(OpenPull now) {
        boolean pushed = !now.commit.equals(commit);
        boolean hadLabels = url != null; // without a forge nobody knows of labels
        SortedMap<String, String> given = new TreeMap<>();
        for (String label : now.labels) {
            String before = labeled.get(label);
            if (before != null && (approved.contains(label) || !pushed)) {
                given.put(label, before);
            } else if (hadLabels && !labels.contains(label) && !pushed) {
                given.put(label, now.commit);
            }
        }
        SortedSet<String> stay = new TreeSet<>(approved);
        stay.retainAll(given.keySet());
        return new OpenPull(
                number,
                now.title,
                now.url,
                now.author,
                now.ref,
                now.commit,
                now.branch,
                now.base,
                now.draft,
                now.fork && (fork || pushed),
                now.labels,
                openedAt,
                pushed ? now.pushedAt : pushedAt,
                given,
                stay);
    }

    /** The same once somebody who may write has let its newest commit in by a label. */
    OpenPull letInBy(String label) {
        SortedMap<String, String> given = new TreeMap<>(labeled);
        given.put(label, commit);
        SortedSet<String> all = new TreeSet<>(approved);
        all.add(label);
        return with(given, all);
    }

    /** The same once it is known that a label was given by nobody who may write. */
    OpenPull notLetInBy(String label) {
        SortedMap<String, String> given = new TreeMap<>(labeled);
        SortedSet<String> all = new TreeSet<>(approved);
        given.remove(label);
        all.remove(label);
        return with(given, all);
    }

    private OpenPull with(SortedMap<String, String> given, SortedSet<String> all) {
        return new OpenPull(
                number, title, url, author, ref, commit, branch, base, draft, fork, labels,
                openedAt, pushedAt, given, all);
    }

    /** Whether it is to be asked who gave it a label. */
    boolean isPending(String label) {
        return labeled.containsKey(label) && !approved.contains(label);
    }

    /** Whether its newest commit was let in by a label. */
    boolean isLetInBy(String label) {
        return approved.contains(label) && commit.equals(labeled.get(label));
    }

    /** One of which no more is known than that it is open. */
    static OpenPull hinted(int number, Instant now) {
        return new OpenPull(
                number,
                "#" + number,
                null,
                "",
                "",
                "",
                "",
                "",
                false,
                true,
                new TreeSet<>(),
                now,
                now,
                new TreeMap<>(),
                new TreeSet<>());
    }

    /** Whether it is known where it stands. */
    boolean isKnown() {
        return !commit.isEmpty();
    }

    /**
     * The same at a commit that a branch of its repo has too.
     *
     * @param of the branch
     */
    OpenPull ownCode(String where, String newest, String of, Instant now) {
        return new OpenPull(
                number,
                title,
                url,
                author,
                where,
                newest,
                of,
                base,
                draft,
                false,
                labels,
                openedAt,
                newest.equals(commit) ? pushedAt : now,
                labeled,
                approved);
    }

    /** The same when something was pushed then that nobody knows more of. */
    OpenPull pushedAt(Instant then) {
        return new OpenPull(
                number, title, url, author, ref, commit, branch, base, draft, fork, labels,
                openedAt, then, labeled, approved);
    }

    /** Which commit somebody who may write has let in by one of these labels; the newest first. */
    @Nullable String let(SortedSet<String> by) {
        String older = null;
        for (String label : approved) {
            String given = by.contains(label) ? labeled.get(label) : null;
            if (commit.equals(given)) {
                return given;
            }
            older = given == null ? older : given;
        }
        return older;
    }
}
