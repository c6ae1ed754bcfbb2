package dev.berth.reconciler.foresight;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.desired.Rehearsal;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.ledger.ReleaseLedger;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.Aside;
import dev.berth.reconciler.source.Asides;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what would change if a commit were followed that is not, with the loader, the eyes and the
 * planner of the pass:
 *
 * <ol>
 *   <li>read the commit as it would be once merged into the followed one ({@link Asides});
 *   <li>load both, with everything in mind that the pass remembers, and remember nothing;
 *   <li>look at what lives now;
 *   <li>plan for it, and for the followed commit: what both would change is not its doing.
 * </ol>
 *
 * <p>Of a proposal that is not trusted only the documents are checked: with no key, no value of any
 * secret, and no look at the repos it names.
 *
 * <p>Writes nothing, waits for no pass and holds up none. Thread-safe, one proposal at a time.
 */
public final class Foresight {
    /** A comment names fewer, and so does a check. */
    private static final int MOST_PLACED = 1000;

    private final Asides asides;
    private final DesiredStateLoader loader;
    private final Vault vault;
    private final Catalogs images;
    private final Supplier<@Nullable Knowledge> knowledge;
    private final Look look;
    private final Judge judge;
    private final InstantSource clock;

    /**
     * @param loader the pass's own, with previews whose asking has no effect; it is not made to
     *     remember anything
     * @param vault what counts; it is left as it is
     * @param images what code is built from that has no Dockerfile
     * @param knowledge what the last pass left; {@code null} before the first one
     */
    public Foresight(
            Asides asides,
            DesiredStateLoader loader,
            Vault vault,
            Catalogs images,
            Supplier<@Nullable Knowledge> knowledge,
            Look look,
            Judge judge,
            InstantSource clock) {
        this.asides = asides;
        this.loader = loader;
        this.vault = vault;
        this.images = images;
        this.knowledge = knowledge;
        this.look = look;
        this.judge = judge;
        this.clock = clock;
    }

    /** Looks at what lives. Any thread. */
    @FunctionalInterface
    public interface Look {
        /**
         * What lives of an instance now.
         *
         * @param foreign names of containers to look at that may be anybody's
         */
        Observation observe(String instance, Set<String> foreign, Knowledge known);
    }

    /** Looks at who signed a commit. Any thread. */
    @FunctionalInterface
    public interface Judge {
        /** Of commits that nobody follows before a forge has merged them into one of its own. */
        Judge NOBODY = _ -> null;

        /**
         * Why a commit would not be followed as it is, a clause; {@code null} = it would.
         *
         * @throws ReconcileException if that can't be told
         */
        @Nullable String doubt(Aside aside) throws ReconcileException;
    }

    /** What would change. Throws nothing; takes a minute and the engine's calls at most. */
    public synchronized Forecast of(Proposal proposal) {
        Knowledge known = knowledge.get();
        if (known == null) {
            return new Forecast.Unread(
                    proposal.name(),
                    "Berth has read no commit of the config repo yet",
                    Forecast.Unread.Whose.REPO);
        }
        try {
            Aside aside = asides.open(proposal.name(), known.followed());
            String wanted = proposal.commit();
            String found = aside.revision().commit();
            if (wanted != null && !wanted.equals(found)) {
                return new Forecast.Moved(proposal.name(), wanted, found);
            }
            return switch (proposal.trust()) {
                case YES -> planned(aside, known);
                case NO -> checked(aside, "it comes from a fork");
                case OF_BRANCHES ->
                        aside.own()
                                ? planned(aside, known)
                                : checked(
                                        aside,
                                        "no branch or tag of the repo stands at it, so it may be a stranger's (--trust plans it)");
            };
        } catch (ReconcileException.Stalled e) {
            return unread(proposal, e, Forecast.Unread.Whose.COMMIT);
        } catch (ReconcileException e) {
            return unread(proposal, e, Forecast.Unread.Whose.REPO);
        }
    }

    private Forecast unread(Proposal proposal, ReconcileException e, Forecast.Unread.Whose whose) {
        return new Forecast.Unread(proposal.name(), e.getMessage(), whose)
                .cleaned(vault.redactor()::clean);
    }

    /**
     * A look at the documents alone, as they would be merged. No value of a secret is at hand, and
     * nothing is cleaned of any: who guesses would be told whether the guess was right.
     */
    private Forecast checked(Aside aside, String why) throws ReconcileException {
        Rehearsal rehearsal = new Rehearsal(AgeKeys::none, Vault.ofThisProcess(clock), images);
        SourceReading.Fresh base = new SourceReading.Fresh(aside.base(), aside.baseTree());
        List<Problem> before = rehearsal.follow(base).problems();
        DesiredState state =
                rehearsal
                        .next(aside.tree())
                        .load(new SourceReading.Fresh(aside.revision(), aside.tree()));
        List<Problem> locked = state.problems().stream().filter(Problem::isLocked).toList();
        List<Problem> found = new ArrayList<>(state.problems());
        found.removeAll(locked);
        List<String> files =
                locked.stream().map(problem -> problem.location().file()).distinct().toList();
        List<String> notes = new ArrayList<>(notes(aside));
        notes.add(
                why
                        + ": its documents were checked and no more; nothing encrypted was opened, no other repo was read, nothing was planned");
        if (!files.isEmpty()) {
            notes.add("not checked, because encrypted: " + String.join(", ", files));
        }
        Forecast.Subject subject = subject(aside, notes);
        Forecast.Mistakes problems = mistakes(found, before, aside);
        boolean sealed = !files.isEmpty(); // then the Instance may wait for what is in them
        if (state instanceof DesiredState.Unknown(var doubt, _) && found.isEmpty() && !sealed) {
            return new Forecast.Unclear(subject, problems, doubt.cause());
        }
        SortedSet<ResourceId> come = rehearsal.documents(aside.tree());
        SortedSet<ResourceId> go = rehearsal.documents(aside.baseTree());
        SortedSet<ResourceId> stay = new TreeSet<>(come);
        stay.retainAll(go);
        come.removeAll(stay);
        go.removeAll(stay);
        return new Forecast.Checked(
                subject, problems, why, files, List.copyOf(come), List.copyOf(go));
    }

    private Forecast planned(Aside aside, Knowledge known) throws ReconcileException {
        Vault values = vault.copy();
        DesiredStateLoader reader = loader.aside(values);
        DesiredState before = // not what the pass has read: repos of apps may have gone on since
                reader.load(new SourceReading.Fresh(aside.base(), aside.baseTree()));
        DesiredState after = reader.load(new SourceReading.Fresh(aside.revision(), aside.tree()));
        List<String> notes = notes(aside);
        SortedMap<ResourceId, String> waiting = waiting(after, before);
        waiting.forEach((id, why) -> notes.add("%s can't be planned yet: %s".formatted(id, why)));
        Forecast.Subject subject = subject(aside, notes);
        Forecast.Mistakes problems =
                mistakes(
                        after.problems(),
                        aside.isFollowed() ? List.of() : before.problems(),
                        aside);
        Forecast forecast =
                switch (after) {
                    case DesiredState.Unknown(var doubt, _) ->
                            new Forecast.Unclear(subject, problems, doubt.cause());
                    case DesiredState.Known wanted -> {
                        Instant now = clock.instant();
                        Observation live =
                                look.observe(wanted.instance(), adopted(wanted, before), known);
                        Plan plan = plan(wanted, live, known, now);
                        Plan anyway =
                                before instanceof DesiredState.Known same
                                                && !aside.isFollowed()
                                                && same.instance().equals(wanted.instance())
                                        ? plan(same, live, known, now)
                                        : Plan.NOTHING;
                        yield of(subject, problems, plan, anyway, waiting);
                    }
                };
        return forecast.cleaned(values.redactor()::clean);
    }

    private static Forecast.Mistakes mistakes(
            List<Problem> all, List<Problem> followed, Aside aside) throws ReconcileException {
        DocumentNames names = new DocumentNames(aside.tree());
        Forecast.Mistakes mistakes =
                Forecast.Mistakes.of(all, names, followed, new DocumentNames(aside.baseTree()));
        return new Forecast.Mistakes(
                mistakes.own(), mistakes.older(), elsewhere(mistakes.own(), names, aside));
    }

    /** Where the mistakes are in the commit as it is, whose files may not be those of the merge. */
    private static Map<Location, Integer> elsewhere(
            List<Problem> own, DocumentNames names, Aside aside) throws ReconcileException {
        Map<Location, Integer> lines = new HashMap<>();
        if (own.isEmpty() || !(aside.way() instanceof Aside.Merged)) {
            return lines;
        }
        SortedMap<String, String> merged = aside.tree().fileIds(".");
        SortedMap<String, String> alone = aside.head().fileIds(".");
        DocumentNames head = new DocumentNames(aside.head());
        for (Problem problem : own.subList(0, Math.min(own.size(), MOST_PLACED))) {
            Location place = problem.location();
            String file = alone.get(place.file());
            if (file == null) {
                lines.put(place, -1);
            } else if (!file.equals(merged.get(place.file()))) {
                lines.put(place, names.same(place, head));
            }
        }
        return lines;
    }

    /** What is right and can't be told for now, as when another repo does not answer. */
    private static SortedMap<ResourceId, String> waiting(DesiredState after, DesiredState before) {
        SortedMap<ResourceId, String> waiting = new TreeMap<>();
        if (after instanceof DesiredState.Known known) {
            waiting.putAll(known.waiting());
        }
        if (before instanceof DesiredState.Known known) {
            waiting.entrySet().removeAll(known.waiting().entrySet());
        }
        return waiting;
    }

    private static Set<String> adopted(DesiredState.Known wanted, DesiredState before) {
        Set<String> names = new HashSet<>(wanted.adopted());
        switch (before) {
            case DesiredState.Known known -> names.addAll(known.adopted());
            case DesiredState.Unknown _ -> {}
        }
        return names;
    }

    /** As the pass does, in ledgers that are thrown away. */
    private static Plan plan(
            DesiredState.Known declared, Observation seen, Knowledge known, Instant now) {
        Ledgers ledgers = known.ledgers().copy();
        ReleaseLedger releases = ledgers.releases();
        Observation live = ledgers.schedules().note(declared, seen, now);
        DesiredState desired =
                releases.pinned(releases.settled(declared, live, now, _ -> ""), live);
        return Planner.plan(desired, releases.recalled(desired, live), now);
    }

    /** What is its doing, and what is not. */
    static Forecast of(
            Forecast.Subject subject,
            Forecast.Mistakes problems,
            Plan plan,
            Plan without,
            SortedMap<ResourceId, String> waiting) {
        if (plan.unknown() != null) {
            return new Forecast.Unclear(subject, problems, plan.unknown());
        }
        Map<ResourceId, Prospect> others = new HashMap<>();
        Prospect.of(without).forEach(prospect -> others.put(prospect.resource(), prospect));
        List<ResourceId> anyway = new ArrayList<>();
        List<Prospect> own = new ArrayList<>();
        for (Prospect prospect : Prospect.of(plan)) {
            if (prospect.equals(others.get(prospect.resource()))) {
                anyway.add(prospect.resource());
            } else {
                own.add(prospect);
            }
        }
        List<Plan.Orphan> orphans =
                plan.orphans().stream().filter(o -> !without.orphans().contains(o)).toList();
        Plan shown =
                new Plan(
                        plan.revision(),
                        plan.changes().stream()
                                .filter(change -> !anyway.contains(change.resource()))
                                .toList(),
                        plan.unchanged(),
                        null,
                        plan.wanted(),
                        orphans);
        return new Forecast.Planned(
                subject,
                problems,
                plan.revision(),
                PlanPrinter.print(shown),
                own,
                orphans.stream().map(PlanPrinter::orphan).toList(),
                plan.unchanged(),
                anyway,
                waiting);
    }

    private static Forecast.Subject subject(Aside aside, List<String> notes)
            throws ReconcileException {
        Revision revision = aside.revision();
        return new Forecast.Subject(
                revision.branch(),
                revision.commit(),
                aside.base().branch(),
                aside.base().commit(),
                aside.way() instanceof Aside.Alone(var why) ? why : null,
                had(aside),
                notes);
    }

    private static Forecast.Had had(Aside aside) throws ReconcileException {
        if (aside.isFollowed() || aside.way() instanceof Aside.Behind) {
            return Forecast.Had.COMMIT;
        }
        return Objects.equals(aside.tree().directoryId("."), aside.baseTree().directoryId("."))
                ? Forecast.Had.FILES
                : Forecast.Had.NOT;
    }

    private List<String> notes(Aside aside) throws ReconcileException {
        List<String> notes = new ArrayList<>();
        String branch = aside.base().branch();
        String base = aside.base().shortCommit();
        switch (aside.way()) {
            case Aside.Ahead() -> tellDoubt(aside, notes);
            case Aside.Behind() -> {
                notes.add(
                        "%s, at %s, has it already: looked at as if %s went back to it"
                                .formatted(branch, base, branch));
                tellDoubt(aside, notes);
            }
            case Aside.Merged() ->
                    notes.add("looked at as merged into %s at %s".formatted(branch, base));
            case Aside.Alone(var why) ->
                    notes.add(
                            "it can't be merged into %s at %s (%s): looked at as it is, without what %s has besides"
                                    .formatted(branch, base, why, branch));
        }
        return notes;
    }

    /** What would change is worth knowing of a commit that is to be signed later, too. */
    private void tellDoubt(Aside aside, List<String> notes) throws ReconcileException {
        String doubt = judge.doubt(aside);
        if (doubt != null) {
            notes.add("it would not be followed as it is: " + doubt);
        }
    }
}
