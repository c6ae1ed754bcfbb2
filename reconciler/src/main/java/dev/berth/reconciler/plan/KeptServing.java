package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.Patience;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToContainers;
import dev.berth.reconciler.plan.Change.ToNothing;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.reconciler.plan.Reason.KeepsServing;
import dev.berth.schemas.config.App;
import dev.berth.schemas.status.ReasonCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An app whose wanted release is not tried now: what served goes on serving, what was lost of it is
 * replaced, and what was stopped to make room for the wanted one is started again. Pure.
 */
final class KeptServing {
    /** So often is tried what was never ready, and is all there is. */
    private static final int ENOUGH = 5;

    private final AppAtHand at;
    private final Pointing pointing;
    private final Retiring retiring;
    private final @Nullable DesiredApp former;

    /**
     * @param former the app at the release that served last; {@code null} when that can't be made
     *     again
     */
    KeptServing(AppAtHand at, @Nullable DesiredApp former) {
        this.at = at;
        this.pointing = new Pointing(at);
        this.retiring = new Retiring(at);
        this.former = former;
    }

    /**
     * The changes while that is so.
     *
     * @param hold why the wanted release is not tried
     */
    List<Change> changes(Workload.Containers wanted, SlotMatch match, Blocked hold) {
        List<ContainerView> serving = at.containers().stream().filter(at.served()::has).toList();
        List<ContainerView> stopped = serving.isEmpty() ? stoppedRelease(match) : List.of();
        StandIn known = standIn(match, serving);
        StandIn standIn = known == null || known.isWhole() ? null : known;
        boolean restartable =
                !stopped.stream().allMatch(this::canOnlyRun)
                        && (standIn == null || standIn.is(stopped.getFirst().release()));
        List<Change> changes = new ArrayList<>();
        if (standIn != null && !restartable && !standInFails(standIn.asItWas())) {
            changes.addAll(mend(standIn, match));
        } else if (!serving.isEmpty()) {
            changes.addAll(pointing.at(serving));
            changes.addAll(surplus(known));
        } else if (restartable && !standInFails(stopped.getFirst().release())) {
            changes.addAll(restart(stopped, wanted, match));
        } else {
            changes.addAll(answerMeanwhile(hold));
        }
        if (changes.stream().noneMatch(RetireContainers.class::isInstance)) {
            changes.addAll(clearAway(match));
        }
        changes.add(hold);
        return changes;
    }

    private List<Change> restart(
            List<ContainerView> stopped, Workload.Containers wanted, SlotMatch match) {
        List<Reason> why = List.of(new KeepsServing(stopped.getFirst().release()));
        List<Change> changes = new ArrayList<>(makeRoomFor(stopped, match.release(), why));
        changes.add(
                new StartRelease(
                        at.app().id(),
                        new Release(
                                stopped.getFirst().release(),
                                wanted.image(),
                                at.app().sourceRevision(),
                                List.of(),
                                Release.candidates(wanted, stopped, false),
                                at.app().dependsOn()),
                        why));
        changes.add(
                new SwitchTraffic(
                        at.app().id(), at.routes(), new ToContainers(List.of(), true), why));
        return changes;
    }

    /** Mended before, by who could not take away what was in its place. */
    private List<Change> surplus(@Nullable StandIn standIn) {
        if (standIn == null || !standIn.isWhole() || !at.served().known()) {
            return List.of();
        }
        List<ContainerView> left =
                standIn.slots().obsolete().stream().filter(c -> !at.served().has(c)).toList();
        return left.isEmpty()
                ? List.of()
                : retiring.unserved(left, standIn.slots().obsoleteReasons());
    }

    /**
     * What served before the release that failed; {@code null} when it ended on purpose, or could
     * not serve as it is declared now.
     */
    private @Nullable StandIn standIn(SlotMatch match, List<ContainerView> serving) {
        KnownRelease known = at.past().inTraffic();
        if (former == null
                || known == null
                || !(former.workload() instanceof Workload.Containers then)
                || (!at.served().known() && !at.routes().isEmpty())
                || !at.routed().stream().allMatch(known::listens)) {
            return null;
        }
        StandIn standIn = StandIn.of(at.instance(), former, then, known, at.containers());
        return standIn.is(match.release())
                        || serving.stream().anyMatch(c -> !c.release().equals(standIn.release()))
                ? null
                : standIn;
    }

    /** Its image is there, and all else is known: it is made whole as it was. */
    private List<Change> mend(StandIn standIn, SlotMatch match) {
        SlotMatch slots = standIn.slots();
        List<ContainerView> serving =
                slots.kept().stream()
                        .filter(c -> !at.routed().contains(c.process()) || at.served().has(c))
                        .toList();
        List<ContainerView> unproven =
                slots.kept().stream().filter(c -> !serving.contains(c)).toList();
        List<Reason> why = new ArrayList<>(List.of(new KeepsServing(standIn.release())));
        why.addAll(slots.startReasons());
        List<Change> changes = new ArrayList<>(makeRoomFor(slots.kept(), match.release(), why));
        changes.add(
                new StartRelease(
                        at.app().id(),
                        new Release(
                                standIn.release(),
                                standIn.workload().image(),
                                standIn.app().sourceRevision(),
                                slots.starts(),
                                Release.candidates(
                                        standIn.workload(), unproven, !serving.isEmpty()),
                                at.app().dependsOn()),
                        why));
        changes.addAll(pointing.afterStart(slots, serving, unproven, false, why));
        changes.addAll(retiring.unserved(slots.obsolete(), slots.obsoleteReasons()));
        return changes;
    }

    /**
     * What is left of a release that failed for good, because it could not be removed then or less
     * of it was to run by then. Nothing else of it is ever used: a new spec makes its own.
     */
    private List<Change> clearAway(SlotMatch match) {
        FailedAttempt failure = at.standingFailure();
        if (failure == null
                || !failure.permanent()
                || !at.served().known()
                || at.past().had(match.release())) { // it may serve again
            return List.of();
        }
        Set<String> inTraffic = at.live().routes().inTraffic();
        List<ContainerView> left =
                at.containers().stream()
                        .filter(c -> c.release().equals(match.release()))
                        .filter(c -> at.routed().contains(c.process()))
                        .filter(c -> !inTraffic.contains(c.id().shortId()))
                        .toList();
        return left.isEmpty()
                ? List.of()
                : List.of(
                        new RetireContainers(
                                at.app().id(),
                                left,
                                at.app().drain(),
                                false,
                                Patience.NONE,
                                List.of(Held.by(failure))));
    }

    /**
     * What would serve in place of the wanted release failed too, a moment ago. What served once
     * may do so again at any time; what never did is not tried for ever.
     */
    private boolean standInFails(String release) {
        FailedAttempt failure = at.failure();
        String wanted = at.app().generation().text();
        return failure != null
                && (failure.withoutStandIn(wanted, at.now())
                        || (failure.standInTries(wanted) >= ENOUGH && !at.past().had(release)));
    }

    private List<Change> answerMeanwhile(Blocked hold) {
        if (hold.code() == ReasonCode.DependencyNotReady) {
            return at.served().nothing() ? pointing.announce(hold.reasons()) : List.of();
        }
        return at.served().known() && !at.served().files() // else something may serve
                ? pointing.at(new ToNothing("no release is ready"), hold.reasons())
                : List.of();
    }

    /**
     * Of a release that failed for now containers may run; two releases of such an app may not.
     * Nobody goes back to those of the wanted one: each try makes its own.
     */
    private List<Change> makeRoomFor(List<ContainerView> release, String wanted, List<Reason> why) {
        if (at.app().strategy() != App.Strategy.RECREATE) {
            return List.of();
        }
        Map<Boolean, List<ContainerView>> others =
                at.containers().stream()
                        .filter(c -> c.alive() && !release.contains(c))
                        .collect(Collectors.partitioningBy(c -> !c.release().equals(wanted)));
        List<Change> changes = new ArrayList<>();
        others.forEach(
                (keep, some) -> {
                    if (!some.isEmpty()) {
                        changes.add(
                                new RetireContainers(
                                        at.app().id(),
                                        some,
                                        at.app().drain(),
                                        keep,
                                        Patience.NONE,
                                        why));
                    }
                });
        return changes;
    }

    /** It runs, and nothing leads to it: to prove it again would change nothing. */
    private boolean canOnlyRun(ContainerView container) {
        return container.running()
                && (at.routes().isEmpty()
                        || RouteResolver.backend(container, at.network()) == null);
    }

    /**
     * The newest release that was stopped to make room for the one that failed: one container a
     * slot, the running one where there is one.
     */
    private List<ContainerView> stoppedRelease(SlotMatch match) {
        List<ContainerView> others =
                match.obsolete().stream()
                        .filter(c -> !c.release().equals(match.release()))
                        .toList();
        return others.stream()
                .max(Comparator.comparing(ContainerView::createdAt))
                .map(newest -> onePerSlot(others, newest.release()))
                .orElse(List.of());
    }

    private static List<ContainerView> onePerSlot(List<ContainerView> all, String release) {
        Map<String, ContainerView> bySlot = new TreeMap<>();
        for (ContainerView container : all) {
            if (container.release().equals(release)) {
                bySlot.merge(
                        container.process() + " " + container.slot(),
                        container,
                        (before, other) -> other.running() && !before.running() ? other : before);
            }
        }
        return List.copyOf(bySlot.values());
    }
}
