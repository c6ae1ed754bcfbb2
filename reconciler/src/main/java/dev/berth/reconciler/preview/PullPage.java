package dev.berth.reconciler.preview;

import dev.berth.schemas.config.PreviewId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What has been seen of one repo. Nothing goes out of it but what was proven to be closed, or was
 * not there in look after look. For one thread at a time.
 */
final class PullPage {
    /** So long it is known of what is closed that it is. */
    private static final Duration KEPT = Duration.ofDays(30);

    /** So long a pull request is looked for that somebody spoke of. */
    private static final Duration HINT = Duration.ofDays(1);

    /**
     * A webhook that says "open" may be late by that, and come after the one that says "closed".
     */
    static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration DAY = Duration.ofDays(1);

    private boolean told;
    private Looks pullLists;
    private Looks branchLists;
    private final SortedMap<Integer, OpenPull> pulls;
    private final SortedMap<String, OpenBranch> branches;
    private final SortedMap<String, Looks> missing;
    private final SortedMap<Integer, Instant> closing;
    private final SortedMap<String, Instant> ended;
    private final SortedMap<String, SortedMap<String, Instant>> turns;
    private Instant sweptAt;
    private Instant askedAt;

    /**
     * As it is written down.
     *
     * @param told whether anybody has ever told what is open
     * @param pullLists how often a forge has told all that are open
     * @param branchLists how often the repo has told all branches
     * @param missing what could not be found the last times: a branch by its name, a pull request
     *     as {@code #12}
     * @param closing of which a webhook says that they are closed, and since when
     * @param ended keys of previews whose pull request or branch is closed, and since when
     * @param turns since when each preview of each app fits its rules
     * @param sweptAt when each pull request was last asked for by its number
     * @param askedAt when somebody last wanted to know, by the day
     */
    record Kept(
            boolean told,
            Looks pullLists,
            Looks branchLists,
            SortedMap<Integer, OpenPull> pulls,
            SortedMap<String, OpenBranch> branches,
            SortedMap<String, Looks> missing,
            SortedMap<Integer, Instant> closing,
            SortedMap<String, Instant> ended,
            SortedMap<String, SortedMap<String, Instant>> turns,
            Instant sweptAt,
            Instant askedAt) {
        Kept {
            pulls = Collections.unmodifiableSortedMap(new TreeMap<>(pulls));
            branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
            missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
            closing = Collections.unmodifiableSortedMap(new TreeMap<>(closing));
            ended = Collections.unmodifiableSortedMap(new TreeMap<>(ended));
            SortedMap<String, SortedMap<String, Instant>> copies = new TreeMap<>();
            turns.forEach(
                    (app, own) ->
                            copies.put(app, Collections.unmodifiableSortedMap(new TreeMap<>(own))));
            turns = Collections.unmodifiableSortedMap(copies);
        }
    }

    PullPage(Kept kept) {
        told = kept.told();
        pullLists = kept.pullLists();
        branchLists = kept.branchLists();
        pulls = new TreeMap<>(kept.pulls());
        branches = new TreeMap<>(kept.branches());
        missing = new TreeMap<>(kept.missing());
        closing = new TreeMap<>(kept.closing());
        ended = new TreeMap<>(kept.ended());
        turns = new TreeMap<>(kept.turns());
        sweptAt = kept.sweptAt();
        askedAt = kept.askedAt();
    }

    /** One that nothing is known of. */
    static PullPage blank(Instant now) {
        return new PullPage(
                new Kept(
                        false,
                        Looks.NONE,
                        Looks.NONE,
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        now,
                        now));
    }

    Kept kept() {
        return new Kept(
                told,
                pullLists,
                branchLists,
                pulls,
                branches,
                missing,
                closing,
                ended,
                turns,
                sweptAt,
                askedAt);
    }

    // ---- pull requests --------------------------------------------------------------------------

    /** Somebody who can tell has answered. */
    void answered() {
        told = true;
    }

    /** A forge has told all that are open, or that they are the same. */
    void toldAll(Instant now) {
        told = true;
        pullLists = pullLists.and(now);
        closing.clear(); // the forge says itself which are
    }

    /** Those that are open, but are not among these. */
    NavigableSet<Integer> missing(Collection<OpenPull> listed) {
        NavigableSet<Integer> all = new TreeSet<>(pulls.keySet());
        listed.forEach(pull -> all.remove(pull.number()));
        return all;
    }

    void opened(OpenPull pull) {
        pulls.merge(pull.number(), pull, OpenPull::then);
        missing.remove(name(pull.number()));
        ended.remove(key(pull.number()));
    }

    /** One is said to be open. */
    void hinted(int number, Instant now) {
        pulls.putIfAbsent(number, OpenPull.hinted(number, now));
        closing.remove(number);
        ended.remove(key(number));
    }

    /** One is said to be closed. */
    void closing(int number, Instant now) {
        closing.putIfAbsent(number, now);
    }

    /** Those of which nobody has said anything else for long enough are closed. */
    void close(Instant now) {
        List<Integer> due = new ArrayList<>();
        closing.forEach(
                (number, since) -> {
                    if (Duration.between(since, now).abs().compareTo(GRACE) >= 0) {
                        due.add(number);
                    }
                });
        due.forEach(number -> closed(number, now));
    }

    boolean isClosing() {
        return !closing.isEmpty();
    }

    void closed(int number, Instant now) {
        pulls.remove(number);
        closing.remove(number);
        missing.remove(name(number));
        ended.put(key(number), now);
    }

    void note(int number, UnaryOperator<OpenPull> more) {
        pulls.computeIfPresent(number, (_, pull) -> more.apply(pull));
    }

    void found(int number) {
        missing.remove(name(number));
    }

    /** It is not where it was; closed when that goes on. */
    void lost(int number, Instant now) {
        if (isLost(name(number), now)) {
            closed(number, now);
        }
    }

    private boolean isLost(String what, Instant now) {
        return missing.merge(what, Looks.NONE.and(now), (before, _) -> before.and(now)).enough();
    }

    List<OpenPull> open() {
        return List.copyOf(pulls.values());
    }

    /** Whether it is a day since each was asked for; if so, now is when they are. */
    boolean sweeps(Instant now) {
        if (!now.isBefore(sweptAt) && now.isBefore(sweptAt.plus(DAY))) {
            return false;
        }
        sweptAt = now;
        return true;
    }

    private static String name(int number) {
        return "#" + number;
    }

    private static String key(int number) {
        return PreviewId.ofPull("", number).key();
    }

    // ---- branches -------------------------------------------------------------------------------

    /** The repo has told all its branches. */
    void branches(Map<String, String> all, Instant now) {
        branchLists = branchLists.and(now);
        all.forEach(
                (name, commit) -> {
                    OpenBranch seen = new OpenBranch(name, commit, now, now);
                    branches.merge(name, seen, OpenBranch::then);
                    missing.remove(name);
                    ended.remove(key(name));
                });
        for (String name : List.copyOf(branches.keySet())) {
            if (!all.containsKey(name) && isLost(name, now)) {
                branches.remove(name);
                missing.remove(name);
                ended.put(key(name), now);
            }
        }
    }

    private static String key(String branch) {
        return PreviewId.ofBranch("", branch).key();
    }

    // ---- for all --------------------------------------------------------------------------------

    /** Since when each preview of an app fits its rules. */
    SortedMap<String, Instant> turns(String app) {
        return turns.getOrDefault(app, new TreeMap<>());
    }

    void turns(String app, SortedMap<String, Instant> since) {
        turns.put(app, since);
    }

    /** Somebody wants to know; what nobody needs any more goes. */
    void asked(Instant now) {
        if (Duration.between(askedAt, now).abs().compareTo(DAY) >= 0) {
            askedAt = now;
        }
        ended.values().removeIf(since -> now.isAfter(since.plus(KEPT)));
        pulls.values().removeIf(pull -> !pull.isKnown() && now.isAfter(pull.openedAt().plus(HINT)));
        Set<String> there = new HashSet<>(branches.keySet());
        pulls.keySet().forEach(number -> there.add(name(number)));
        missing.keySet().retainAll(there);
    }

    /** Whether nobody has wanted to know for long. */
    boolean isForgotten(Instant now) {
        return now.isAfter(askedAt.plus(KEPT));
    }

    /**
     * What is told of it.
     *
     * @param pulls whether no other can be open
     * @param branches whether no other can be there
     * @param ended keys of previews that may be gone in any case
     */
    record Told(RepoPulls open, boolean pulls, boolean branches, SortedSet<String> ended) {}

    static Told told(Kept page, String repo) {
        RepoPulls open =
                page.told()
                        ? new RepoPulls.Known(
                                page.pulls().values().stream().filter(OpenPull::isKnown).toList(),
                                List.copyOf(page.branches().values()))
                        : nobody(repo);
        return new Told(
                open,
                page.pullLists().enough(),
                page.branchLists().enough(),
                new TreeSet<>(page.ended().keySet()));
    }

    static RepoPulls.Unknown nobody(String repo) {
        return new RepoPulls.Unknown("nobody has told yet what is open in " + repo);
    }
}
