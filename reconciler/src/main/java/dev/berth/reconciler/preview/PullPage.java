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
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What has been seen of one repo. Nothing goes out of it but what was proven to be closed, or was
 * not there in look after look; each is proven by itself. For one thread at a time.
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

    /** So far a forge's clock may be ahead. */
    private static final Duration CLOCKS_AGREE = Duration.ofMinutes(5);

    private static final Pattern PULL = Pattern.compile("pr-[1-9][0-9]{0,8}");

    private boolean told;
    private final SortedMap<Integer, OpenPull> pulls;
    private final SortedMap<String, OpenBranch> branches;
    private final SortedMap<String, Looks> missing;
    private final SortedMap<Integer, Instant> closing;
    private final SortedMap<Integer, Instant> spoken;
    private final SortedMap<String, Instant> ended;
    private final SortedMap<String, SortedMap<String, Instant>> turns;
    private Instant sweptAt;
    private Instant askedAt;

    private final SortedSet<String> seen;

    /**
     * By app and key, the previews that live, with commits they are of; nothing of an app of which
     * that was not said yet.
     */
    private final SortedMap<String, SortedMap<String, Set<String>>> lives = new TreeMap<>();

    /**
     * As it is written down.
     *
     * @param told whether anybody has ever told what is open
     * @param missing what could not be found the last times: a branch by its name, a pull request
     *     as {@code pull request 12}
     * @param closing of which a webhook says that they are closed, and since when
     * @param spoken when that happened which webhooks said of each last, by the sender's clock
     * @param ended keys of previews whose pull request or branch is closed, and since when
     * @param turns since when each preview of each app fits its rules
     * @param sweptAt when each pull request was last asked for by its number
     * @param askedAt when somebody last wanted to know, by the day
     * @param seen keys of all that this process was told of itself: what an older one wrote may be
     *     older than what lives
     */
    record Kept(
            boolean told,
            SortedMap<Integer, OpenPull> pulls,
            SortedMap<String, OpenBranch> branches,
            SortedMap<String, Looks> missing,
            SortedMap<Integer, Instant> closing,
            SortedMap<Integer, Instant> spoken,
            SortedMap<String, Instant> ended,
            SortedMap<String, SortedMap<String, Instant>> turns,
            Instant sweptAt,
            Instant askedAt,
            SortedSet<String> seen) {
        Kept {
            seen = Collections.unmodifiableSortedSet(new TreeSet<>(seen));
            pulls = Collections.unmodifiableSortedMap(new TreeMap<>(pulls));
            branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
            missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
            closing = Collections.unmodifiableSortedMap(new TreeMap<>(closing));
            spoken = Collections.unmodifiableSortedMap(new TreeMap<>(spoken));
            ended = Collections.unmodifiableSortedMap(new TreeMap<>(ended));
            SortedMap<String, SortedMap<String, Instant>> copies = new TreeMap<>();
            turns.forEach(
                    (app, own) ->
                            copies.put(app, Collections.unmodifiableSortedMap(new TreeMap<>(own))));
            turns = Collections.unmodifiableSortedMap(copies);
        }

        /** As another process left it: nobody knows how long ago. */
        Kept ofAnother() {
            return new Kept(
                    told,
                    pulls,
                    branches,
                    new TreeMap<>(),
                    closing,
                    spoken,
                    ended,
                    turns,
                    sweptAt,
                    askedAt,
                    new TreeSet<>());
        }
    }

    PullPage(Kept kept) {
        told = kept.told();
        pulls = new TreeMap<>(kept.pulls());
        branches = new TreeMap<>(kept.branches());
        missing = new TreeMap<>(kept.missing());
        closing = new TreeMap<>(kept.closing());
        spoken = new TreeMap<>(kept.spoken());
        ended = new TreeMap<>(kept.ended());
        turns = new TreeMap<>(kept.turns());
        sweptAt = kept.sweptAt();
        askedAt = kept.askedAt();
        seen = new TreeSet<>(kept.seen());
    }

    /** One that nothing is known of. */
    static PullPage blank(Instant now) {
        return new PullPage(
                new Kept(
                        false,
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        now,
                        now,
                        new TreeSet<>()));
    }

    Kept kept() {
        return new Kept(
                told, pulls, branches, missing, closing, spoken, ended, turns, sweptAt, askedAt,
                seen);
    }

    // ---- pull requests --------------------------------------------------------------------------

    /** Somebody who can tell has answered. */
    void answered() {
        told = true;
    }

    /** A forge has told all that are open, or that they are the same. */
    void toldAll() {
        told = true;
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
        seen.add(key(pull.number()));
    }

    /**
     * One is said to be open.
     *
     * @param at when it became so, by the clock of who says it; {@code null} = that is not said
     */
    void hinted(int number, @Nullable Instant at, Instant now) {
        if (isNews(number, at, now)) {
            pulls.putIfAbsent(number, OpenPull.hinted(number, now));
            closing.remove(number);
            ended.remove(key(number));
        }
    }

    /**
     * One is said to be closed.
     *
     * @param at as above
     */
    void closing(int number, @Nullable Instant at, Instant now) {
        if (isNews(number, at, now)) {
            closing.putIfAbsent(number, now);
        }
    }

    /** Whether it happened after all that was said before. What was sent again did not. */
    private boolean isNews(int number, @Nullable Instant at, Instant now) {
        if (at == null || at.isAfter(now.plus(CLOCKS_AGREE))) {
            return true; // their clock says nothing
        }
        Instant last = spoken.get(number);
        if (at.isBefore(now.minus(KEPT)) || (last != null && at.isBefore(last))) {
            return false;
        }
        spoken.put(number, at);
        return true;
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
        seen.add(key(number));
    }

    void note(int number, UnaryOperator<OpenPull> more) {
        pulls.computeIfPresent(number, (_, pull) -> more.apply(pull));
    }

    /**
     * It is where it was.
     *
     * @param commit that stands there
     * @param own what it is then; {@code null} = nobody knows whose commit that is
     */
    void found(int number, String commit, @Nullable UnaryOperator<OpenPull> own, Instant now) {
        missing.remove(name(number));
        boolean first = seen.add(key(number));
        if (own != null) {
            note(number, own);
        } else if (first) { // it may have been pushed to since that was written
            note(number, pull -> pull.commit().equals(commit) ? pull : pull.pushedAt(now));
        }
    }

    /** One that somebody spoke of is not there; it is looked for for a day. */
    void unfound(int number, Instant now) {
        pulls.computeIfPresent(
                number, (_, pull) -> now.isAfter(pull.openedAt().plus(HINT)) ? null : pull);
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

    /** Whether it is a day since each was asked for. */
    boolean isToSweep(Instant now) {
        return now.isBefore(sweptAt) || !now.isBefore(sweptAt.plus(DAY));
    }

    /** Each is asked for. */
    void swept(Instant now) {
        sweptAt = now;
    }

    private static String name(int number) {
        return "pull request " + number; // no branch has such a name
    }

    private static String key(int number) {
        return PreviewId.ofPull("", number).key();
    }

    // ---- branches -------------------------------------------------------------------------------

    /** The repo has told all its branches. */
    void branches(Map<String, String> all, Instant now) {
        all.forEach(
                (name, commit) -> {
                    branches.merge(name, new OpenBranch(name, commit, now, now), OpenBranch::then);
                    missing.remove(name);
                    ended.remove(key(name));
                    seen.add(key(name));
                });
        for (String name : List.copyOf(branches.keySet())) {
            if (!all.containsKey(name) && isLost(name, now)) {
                branches.remove(name);
                missing.remove(name);
                ended(key(name), now);
            }
        }
        for (String key : living()) { // of branches that nobody remembers
            if (!isOfPull(key) && !seen.contains(key) && isLost(":" + key, now)) {
                missing.remove(":" + key);
                ended(key, now);
            }
        }
    }

    private void ended(String key, Instant now) {
        ended.put(key, now);
        seen.add(key);
    }

    private static String key(String branch) {
        return PreviewId.ofBranch("", branch).key();
    }

    // ---- what lives -----------------------------------------------------------------------------

    /** What is new in which previews of an app there are. */
    enum News {
        NONE,
        /** Others than before. */
        OTHERS,
        /** It was not said before. */
        FIRST
    }

    /**
     * Which previews of an app there are. Each that fits has its turn before those that only wait.
     *
     * @param keys with commits that they are of
     */
    News live(String app, SortedMap<String, Set<String>> keys) {
        SortedMap<String, Set<String>> before = lives.put(app, new TreeMap<>(keys));
        SortedMap<String, Instant> since = turns(app);
        if (before == null) {
            since.values().removeIf(Instant.EPOCH::equals); // lived when an older process wrote it
        }
        for (String key : keys.keySet()) {
            if (before == null || since.containsKey(key)) {
                since.put(key, Instant.EPOCH);
            }
        }
        turns.put(app, since);
        if (before == null) {
            return News.FIRST;
        }
        return keys.keySet().equals(before.keySet()) ? News.NONE : News.OTHERS;
    }

    /** Those of them that nothing said since has opened again, be that told yet or not. */
    SortedSet<String> stillEnded(SortedSet<String> keys) {
        SortedSet<String> still = new TreeSet<>(keys);
        still.retainAll(ended.keySet());
        return still;
    }

    /**
     * Pull requests that previews live of, and of which this process does not know how they are.
     */
    SortedSet<Integer> unsettled() {
        SortedSet<Integer> numbers = new TreeSet<>();
        for (String key : living()) {
            boolean isSettled =
                    seen.contains(key)
                            && (ended.containsKey(key)
                                    || (isOfPull(key) && pulls.containsKey(number(key))));
            if (isOfPull(key) && !isSettled) {
                numbers.add(number(key));
            }
        }
        return numbers;
    }

    /** Those of them that are not said to be closed may be open. */
    void presume(Instant now) {
        for (int number : unsettled()) {
            if (!ended.containsKey(key(number))) {
                pulls.putIfAbsent(number, OpenPull.hinted(number, now));
            }
        }
    }

    /** Previews of an app that live, with commits they are of; nothing until that was said. */
    Optional<SortedMap<String, Set<String>>> lives(String app) {
        return Optional.ofNullable(lives.get(app)).map(TreeMap::new);
    }

    /** Whether a preview of it lives. */
    boolean lives(int number) {
        return living().contains(key(number));
    }

    private Set<String> living() {
        Set<String> all = new TreeSet<>();
        lives.values().forEach(some -> all.addAll(some.keySet()));
        return all;
    }

    /** Whether a key is that of a pull request. */
    static boolean isOfPull(String key) {
        return PULL.matcher(key).matches();
    }

    private static int number(String key) {
        return Integer.parseInt(key.substring("pr-".length()));
    }

    // ---- for all --------------------------------------------------------------------------------

    /** Since when each preview of an app fits its rules. */
    SortedMap<String, Instant> turns(String app) {
        return new TreeMap<>(turns.getOrDefault(app, new TreeMap<>()));
    }

    void turns(String app, SortedMap<String, Instant> since) {
        turns.put(app, since);
    }

    /** Somebody wants to know; what nobody needs any more goes. */
    void asked(Instant now) {
        if (Duration.between(askedAt, now).abs().compareTo(DAY) >= 0) {
            askedAt = now;
        }
        Set<String> living = living();
        ended.entrySet()
                .removeIf(
                        one ->
                                !living.contains(one.getKey())
                                        && now.isAfter(one.getValue().plus(KEPT)));
        spoken.values().removeIf(at -> now.isAfter(at.plus(KEPT)));
        Set<String> there = new HashSet<>(branches.keySet());
        pulls.keySet().forEach(number -> there.add(name(number)));
        for (String key : living()) {
            there.add(isOfPull(key) ? name(number(key)) : ":" + key);
        }
        missing.keySet().retainAll(there);
        Set<String> known = new TreeSet<>(living());
        known.addAll(ended.keySet());
        pulls.keySet().forEach(number -> known.add(key(number)));
        branches.keySet().forEach(name -> known.add(key(name)));
        seen.retainAll(known);
    }

    /** Whether nobody has wanted to know for long. */
    boolean isForgotten(Instant now) {
        return now.isAfter(askedAt.plus(KEPT));
    }

    /**
     * What is told of it.
     *
     * @param ended keys of previews whose pull request or branch has ended
     * @param seen keys of all that this process was told of itself
     */
    record Told(RepoPulls open, SortedSet<String> ended, SortedSet<String> seen) {}

    static Told told(Kept page, String repo) {
        RepoPulls open =
                page.told()
                        ? new RepoPulls.Known(
                                page.pulls().values().stream().filter(OpenPull::isKnown).toList(),
                                List.copyOf(page.branches().values()))
                        : nobody(repo);
        return new Told(open, new TreeSet<>(page.ended().keySet()), page.seen());
    }

    static RepoPulls.Unknown nobody(String repo) {
        return new RepoPulls.Unknown("nobody has told yet what is open in " + repo);
    }
}
