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
 *     as Berth saw both the commit without the label and then the same commit with it
 * @param approved for a fork: those of them that somebody with write permission gave
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
     * The same as it is now.
     *
     * @param now as it was just seen, for the first time as far as that knows
     */
    OpenPull then(OpenPull now) {
        boolean pushed = !now.commit.equals(commit);
        SortedMap<String, String> given = new TreeMap<>();
        for (String label : now.labels) {
            String before = labeled.get(label);
            if (before != null) {
                given.put(label, before);
            } else if (!labels.contains(label) && !pushed) {
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
                now.fork,
                now.labels,
                openedAt,
                pushed ? now.pushedAt : pushedAt,
                given,
                stay);
    }

    /** The same with what is known of who gave a label. */
    OpenPull approvedBy(String label, boolean mayWrite) {
        SortedMap<String, String> given = new TreeMap<>(labeled);
        SortedSet<String> all = new TreeSet<>(approved);
        if (mayWrite) {
            all.add(label);
        } else {
            given.remove(label);
            all.remove(label);
        }
        return new OpenPull(
                number, title, url, author, ref, commit, branch, base, draft, fork, labels,
                openedAt, pushedAt, given, all);
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
