package dev.berth.reconciler.preview;

import dev.berth.reconciler.forge.Forge;
import dev.berth.reconciler.forge.ForgeException;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Labeled;
import dev.berth.reconciler.forge.Mark;
import dev.berth.reconciler.forge.PullRequest;
import dev.berth.reconciler.forge.PullState;
import dev.berth.reconciler.forge.Pulls;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the pull requests of one repo by asking its forge. One that the forge lists no more is
 * closed when it says so of that one. For one thread at a time.
 */
final class ForgeLook {
    private final PullNotes notes;
    private final Predicate<String> wanted;
    private final Map<Integer, Instant> updated = new HashMap<>();
    private final Map<String, Basis> bases = new HashMap<>();
    private @Nullable Mark mark;

    /**
     * @param wanted whether a label may let forks in
     */
    ForgeLook(PullNotes notes, Predicate<String> wanted) {
        this.notes = notes;
        this.wanted = wanted;
    }

    /**
     * What was known when a commit of a fork was first seen with a label that does not count for
     * it.
     *
     * @param event when the label was given last; {@code null} = nobody had
     * @param updated when the pull request had changed last
     */
    private record Basis(String commit, @Nullable Instant event, @Nullable Instant updated) {}

    /** What could not be asked of some pull requests, while others could. */
    private static final class Faults {
        private @Nullable ForgeException first;

        /** Goes on, unless nothing more is answered anyway. */
        void add(ForgeException fault) throws ForgeException {
            if (fault.kind() == ForgeException.Kind.LIMITED) {
                throw fault;
            }
            first = first == null ? fault : first;
        }

        void thrown() throws ForgeException {
            if (first != null) {
                throw first;
            }
        }
    }

    /**
     * Asks what is open, of each that is not told any more how it stands, and who gave labels.
     *
     * @param anew whether what was told before does not count
     */
    void look(ForgeRepo repo, Forge forge, boolean anew) throws ForgeException {
        Faults faults = new Faults();
        boolean sweep = notes.ask(page -> page.isToSweep(notes.clock().instant()));
        if (anew || sweep || !notes.ask(PullPage::unsettled).isEmpty()) {
            mark = null;
        }
        switch (forge.open(repo, mark)) {
            case Pulls.Unchanged _ -> notes.note(PullPage::toldAll);
            case Pulls.Listed(List<PullRequest> pulls, Mark next) -> {
                boolean settled = listed(repo, forge, pulls, sweep, faults);
                mark = settled ? next : null;
            }
        }
        if (sweep) {
            notes.note(PullPage::swept);
        }
        judgeLabels(repo, forge, faults);
        faults.thrown();
    }

    /**
     * Whether each that is not listed any more is closed: else the list is not to be believed that
     * nothing in it has changed.
     */
    private boolean listed(
            ForgeRepo repo, Forge forge, List<PullRequest> pulls, boolean sweep, Faults faults)
            throws ForgeException {
        updated.clear();
        pulls.forEach(pull -> updated.put(pull.number(), pull.updatedAt()));
        NavigableSet<Integer> missing =
                notes.ask(
                        page -> {
                            Instant now = notes.clock().instant();
                            List<OpenPull> open =
                                    pulls.stream().map(pull -> seen(pull, forge, now)).toList();
                            page.toldAll();
                            open.forEach(page::opened);
                            NavigableSet<Integer> others = page.missing(open);
                            others.addAll(page.unsettled());
                            return others;
                        });
        boolean settled = true;
        NavigableSet<Integer> questions = new TreeSet<>(missing);
        if (sweep) {
            notes.ask(PullPage::open).forEach(pull -> questions.add(pull.number()));
        }
        for (int number : questions) {
            try {
                settled &= settle(repo, forge, number) || !missing.contains(number);
            } catch (ForgeException e) {
                if (!missing.contains(number)) {
                    faults.add(e);
                    continue;
                }
                settled = false;
                if (e.kind() == ForgeException.Kind.NOT_FOUND) {
                    // It is deleted, or hidden from us: the repo, which has just answered, is not.
                    notes.note((page, now) -> page.lost(number, now));
                } else {
                    faults.add(e);
                }
            }
        }
        return settled;
    }

    /** Asks for one by its number; whether it is closed. */
    private boolean settle(ForgeRepo repo, Forge forge, int number) throws ForgeException {
        return switch (forge.state(repo, number)) {
            case PullState.Closed _ -> {
                notes.note((page, now) -> page.closed(number, now));
                yield true;
            }
            case PullState.Open(PullRequest pull) -> {
                notes.note((page, now) -> page.opened(seen(pull, forge, now)));
                yield false;
            }
        };
    }

    private static OpenPull seen(PullRequest pull, Forge forge, Instant now) {
        return new OpenPull(
                pull.number(),
                pull.title(),
                pull.url(),
                pull.author(),
                forge.pullRef(pull.number()),
                pull.headCommit(),
                pull.headBranch(),
                pull.baseBranch(),
                pull.draft(),
                pull.fork(),
                pull.labels(),
                now,
                now,
                new TreeMap<>(),
                new TreeSet<>());
    }

    /** Who has given forks the labels that let them in. */
    private void judgeLabels(ForgeRepo repo, Forge forge, Faults faults) throws ForgeException {
        Set<String> there = new HashSet<>();
        for (OpenPull pull : notes.ask(PullPage::open)) {
            for (String label : pull.labels()) {
                if (pull.fork() && wanted.test(label)) {
                    there.add(basis(pull, label));
                    try {
                        judge(repo, forge, pull, label);
                    } catch (ForgeException e) {
                        faults.add(e);
                    }
                }
            }
        }
        bases.keySet().retainAll(there);
    }

    private static String basis(OpenPull pull, String label) {
        return pull.number() + " " + label;
    }

    /**
     * A label lets in the commit that whoever gave it could see. That is known when Berth saw the
     * commit before the label was given, and the commit is still the newest after Berth has asked
     * who gave it.
     */
    private void judge(ForgeRepo repo, Forge forge, OpenPull pull, String label)
            throws ForgeException {
        Basis basis = bases.get(basis(pull, label));
        boolean sameCommit = basis != null && basis.commit().equals(pull.commit());
        Instant changed = updated.get(pull.number());
        boolean pending = pull.isPending(label);
        if (pull.isLetInBy(label)
                || (!pending
                        && basis != null
                        && sameCommit
                        && Objects.equals(basis.updated(), changed))) {
            return;
        }
        Labeled given = forge.labeled(repo, pull.number(), label);
        boolean again = sameCommit && isLater(given.at(), basis == null ? null : basis.event());
        if (given.mayWrite() && (pending || again)) {
            switch (forge.state(repo, pull.number())) {
                case PullState.Closed _ -> {} // the next list tells
                case PullState.Open(PullRequest now) ->
                        notes.note(
                                (page, at) -> {
                                    page.opened(seen(now, forge, at));
                                    page.note(
                                            pull.number(),
                                            open ->
                                                    open.commit().equals(pull.commit())
                                                                    && open.labels().contains(label)
                                                            ? open.letInBy(label)
                                                            : open);
                                });
            }
            return;
        }
        if (pending) {
            notes.note(page -> page.note(pull.number(), open -> open.notLetInBy(label)));
        }
        bases.put(basis(pull, label), new Basis(pull.commit(), given.at(), changed));
    }

    private static boolean isLater(@Nullable Instant one, @Nullable Instant other) {
        return one != null && (other == null || one.isAfter(other));
    }
}
