package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredRoutes;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.desired.Returns;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.PastReleases;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.Patience;
import dev.berth.reconciler.plan.Change.PublishSite;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToContainers;
import dev.berth.reconciler.plan.Change.ToNothing;
import dev.berth.reconciler.plan.Change.ToPaused;
import dev.berth.reconciler.plan.Change.ToSite;
import dev.berth.reconciler.plan.Change.ToSleep;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.reconciler.plan.Reason.KeepsServing;
import dev.berth.reconciler.plan.Reason.NotYetServing;
import dev.berth.schemas.config.App;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one app, in order. A new release is started beside the old one, proves itself,
 * takes the traffic in one switch, and only then the old one drains and stops; {@code strategy:
 * recreate} stops the old one first and keeps it, stopped, until the new one works.
 */
final class AppPlanner {
    private static final String RESTARTING = "being replaced by a new release";

    /** So often is tried what was never ready, and is all there is. */
    private static final int ENOUGH = 5;

    private final String instance;
    private final DesiredApp app;
    private final List<DesiredRoute> routes;
    private final LiveState live;
    private final Instant now;
    private final @Nullable String waitsFor;
    private final List<ContainerView> containers;
    private final String network;
    private final DesiredRoutes claims;
    private final Served served;
    private final Rest rest;
    private final @Nullable KnownRelease lastReady;
    private final @Nullable DesiredApp former;

    /**
     * @param waitsFor why what the app depends on is not ready; {@code null} when it is
     */
    AppPlanner(
            DesiredState.Known desired,
            DesiredApp app,
            LiveState live,
            Instant now,
            @Nullable String waitsFor) {
        this.instance = desired.instance();
        this.app = app;
        this.claims = desired.claims();
        this.routes = claims.servedBy(app.id());
        this.live = live;
        this.now = now;
        this.waitsFor = waitsFor;
        this.containers = live.containersOf(app.id());
        this.network = ObjectNames.network(instance, app.id());
        this.served = Served.of(live.routes(), app.id(), desired.claims());
        this.rest = new Rest(app, !routes.isEmpty(), containers, served);
        PastReleases past = live.pastOf(app.id());
        this.lastReady = past.lastReady();
        this.former = standingFailure() == null ? null : Returns.at(desired, app, past.inTraffic());
    }

    List<Change> changes() {
        if (app.suspended()) {
            return suspend();
        }
        Duration after = rest.after();
        if (after != null) {
            return sleep(after);
        }
        if (rest.mayBeAsleep()) {
            return List.of(
                    new Blocked(
                            app.id(),
                            ReasonCode.EdgeUnavailable,
                            false,
                            List.of(new Held("only the edge knows whether it sleeps"))));
        }
        return switch (app.workload()) {
            case Workload.Containers wanted ->
                    release(rest.woken() ? Rest.probedOften(wanted) : wanted);
            case Workload.Files wanted -> site(wanted);
        };
    }

    private List<Change> suspend() {
        List<Reason> why = List.of(new Reason.Suspended());
        List<Change> changes = new ArrayList<>(point(new ToNothing("suspended"), why));
        changes.addAll(retire(containers, why));
        return changes;
    }

    private List<Change> sleep(Duration after) {
        List<Reason> why = List.of(new Reason.Idle(after));
        List<Route> expected = RouteResolver.toSleep(app.id(), routes);
        List<Change> changes = new ArrayList<>();
        if (!served.difference(expected).isEmpty()) {
            changes.add(new SwitchTraffic(app.id(), routes, new ToSleep(), why));
        }
        List<ContainerView> quiet =
                containers.stream().filter(c -> !c.running() || !served.streams(c)).toList();
        if (!quiet.isEmpty()) { // no time to drain: what is busy now is left to a later pass
            changes.add(
                    new RetireContainers(
                            app.id(), quiet, Duration.ZERO, false, Patience.REQUESTS, why));
        }
        return changes;
    }

    private List<Change> site(Workload.Files wanted) {
        String directory =
                live.publishedSites()
                        .getOrDefault(app.id(), Map.of())
                        .get(wanted.pin().directoryId());
        List<Change> changes = new ArrayList<>();
        if (directory == null) {
            List<Reason> why =
                    List.of(
                            live.publishedSites().containsKey(app.id())
                                    ? new Reason.FieldChanged(
                                            "files of " + wanted.pin().path(),
                                            "an older tree",
                                            wanted.pin().directoryId().substring(0, 12))
                                    : new Reason.FirstDeployment());
            Blocked hold = hold(true);
            if (hold != null) {
                return List.of(hold);
            }
            changes.add(new PublishSite(app.id(), wanted, why));
            changes.add(new SwitchTraffic(app.id(), routes, new ToSite(wanted), why));
        } else {
            List<Route> expected = RouteResolver.toFiles(app.id(), routes, directory, wanted.spa());
            changes.addAll(pointUnlessServed(expected, new ToSite(wanted)));
        }
        List<Reason> instead =
                List.of(new Reason.FieldChanged("static", "(none)", wanted.pin().path()));
        changes.addAll(retire(containers, instead));
        changes.addAll(new ReleaseRuns(app, live.runsOf(app.id())).cleanUp("", instead));
        return changes;
    }

    private List<Change> release(Workload.Containers wanted) {
        SlotMatch match = SlotMatch.of(instance, app, wanted, containers, before(wanted));
        Set<String> routed = routedProcesses();
        boolean mayBeUnproven = isOnItsWay(match);
        List<ContainerView> serving =
                match.kept().stream()
                        .filter(c -> routed.contains(c.process()) ? served.has(c) : !mayBeUnproven)
                        .toList();
        List<ContainerView> unproven =
                match.kept().stream().filter(c -> !serving.contains(c)).toList();
        boolean rollout = !match.starts().isEmpty() || !unproven.isEmpty();
        List<ContainerView> relief = rollout ? List.of() : relief(serving, match.obsolete());

        Blocked hold = hold(match.isNewRelease());
        if (rollout && hold != null) {
            return keepServing(wanted, match, hold);
        }
        Blocked repairHold = repairHold(match);
        if (repairHold != null) {
            return leaveUnrepaired(wanted, match, unproven, repairHold);
        }

        ReleaseRuns runs = new ReleaseRuns(app, live.runsOf(app.id()));
        List<Reason> why = rolloutReasons(match.startReasons(), unproven);
        List<Change> changes = new ArrayList<>();
        if (rollout) {
            if (served.nothing()) {
                changes.addAll(announce(why));
            }
            changes.addAll(runs.before(match, wanted, why));
        }
        boolean stopFirst =
                app.strategy() == App.Strategy.RECREATE
                        && !match.starts().isEmpty()
                        && match.obsolete().stream().anyMatch(ContainerView::alive);
        if (stopFirst) {
            changes.addAll(pause(match.obsoleteReasons()));
            changes.add(
                    new RetireContainers(
                            app.id(),
                            match.obsolete(),
                            app.drain(),
                            true,
                            Patience.NONE,
                            match.obsoleteReasons()));
        }
        if (rollout) {
            changes.add(
                    new StartRelease(
                            app.id(),
                            new Release(
                                    match.release(),
                                    wanted.image(),
                                    app.sourceRevision(),
                                    match.starts(),
                                    candidates(wanted, unproven, !served.containers().isEmpty()),
                                    app.dependsOn()),
                            why));
            changes.addAll(pointAfterStart(match, serving, unproven, stopFirst, why));
        } else {
            List<ContainerView> all = Stream.concat(serving.stream(), relief.stream()).toList();
            changes.addAll(
                    pointUnlessServed(
                            RouteResolver.toContainers(app.id(), routes, all, network),
                            new ToContainers(all, false)));
        }
        List<ContainerView> old =
                match.obsolete().stream().filter(c -> !relief.contains(c)).toList();
        changes.addAll(retireUnserved(old, match.obsoleteReasons()));
        changes.addAll(
                runs.cleanUp(match.release(), List.of(new Reason.Superseded(match.release()))));
        return changes;
    }

    /** What is too many goes on serving while requests can't get to what stays. */
    private List<ContainerView> relief(List<ContainerView> serving, List<ContainerView> obsolete) {
        Map<String, Boolean> reached =
                serving.stream()
                        .collect(
                                Collectors.toMap(
                                        ContainerView::process,
                                        this::isReached,
                                        Boolean::logicalOr));
        return obsolete.stream()
                .filter(c -> isReached(c) && served.has(c))
                .filter(c -> !reached.getOrDefault(c.process(), true))
                .toList();
    }

    private boolean isReached(ContainerView container) {
        return container.running() && RouteResolver.backend(container, network) != null;
    }

    /**
     * The release that was ready last still runs, and nothing leads to the wanted one: what runs of
     * that need not have proven itself. Who began it may have died while it did.
     */
    private boolean isOnItsWay(SlotMatch match) {
        return lastReady != null
                && !lastReady.id().equals(match.release())
                && match.kept().stream().noneMatch(served::has)
                && match.obsolete().stream()
                        .anyMatch(c -> c.running() && c.release().equals(lastReady.id()));
    }

    /**
     * A host that nobody serves answers "starting" rather than "unknown" while the first release
     * starts, and if that fails. A host that is another app's until now is left to it.
     */
    private List<Change> announce(List<Reason> why) {
        List<DesiredRoute> unserved =
                routes.stream().filter(route -> !Served.byAnybody(live.routes(), route)).toList();
        return unserved.isEmpty()
                ? List.of()
                : List.of(
                        new SwitchTraffic(
                                app.id(),
                                unserved,
                                new ToNothing("its first release is being started"),
                                why));
    }

    private List<Change> pointAfterStart(
            SlotMatch match,
            List<ContainerView> serving,
            List<ContainerView> unproven,
            boolean pointedAway,
            List<Reason> why) {
        Set<String> routed = routedProcesses();
        boolean newBackends =
                !unproven.isEmpty()
                        || match.starts().stream().anyMatch(s -> routed.contains(s.process()));
        if (newBackends || pointedAway) {
            return List.of(
                    new SwitchTraffic(app.id(), routes, new ToContainers(serving, true), why));
        }
        return pointUnlessServed(
                RouteResolver.toContainers(app.id(), routes, serving, network),
                new ToContainers(serving, false));
    }

    /** The wanted release is not tried now: what served goes on serving. */
    private List<Change> keepServing(Workload.Containers wanted, SlotMatch match, Blocked hold) {
        List<ContainerView> serving = containers.stream().filter(served::has).toList();
        List<ContainerView> stopped = serving.isEmpty() ? stoppedRelease(match) : List.of();
        StandIn standIn = brokenStandIn(match, serving);
        boolean restartable =
                !stopped.stream().allMatch(this::canOnlyRun)
                        && (standIn == null || standIn.is(stopped.getFirst().release()));
        List<Change> changes = new ArrayList<>();
        if (standIn != null && !restartable && !standInFails(standIn.asItWas())) {
            changes.addAll(mend(standIn, match));
        } else if (!serving.isEmpty()) {
            changes.addAll(
                    pointUnlessServed(
                            RouteResolver.toContainers(app.id(), routes, serving, network),
                            new ToContainers(serving, false)));
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
                        app.id(),
                        new Release(
                                stopped.getFirst().release(),
                                wanted.image(),
                                app.sourceRevision(),
                                List.of(),
                                candidates(wanted, stopped, false),
                                app.dependsOn()),
                        why));
        changes.add(new SwitchTraffic(app.id(), routes, new ToContainers(List.of(), true), why));
        return changes;
    }

    /**
     * What served before the release that failed, when some or all of its containers were lost;
     * {@code null} when none were, it ended on purpose, or it could not serve as it is declared
     * now.
     */
    private @Nullable StandIn brokenStandIn(SlotMatch match, List<ContainerView> serving) {
        KnownRelease known = live.pastOf(app.id()).inTraffic();
        if (former == null
                || known == null
                || !(former.workload() instanceof Workload.Containers then)
                || (!served.known() && !routes.isEmpty())
                || !routedProcesses().stream().allMatch(known::listens)) {
            return null;
        }
        StandIn standIn = StandIn.of(instance, former, then, known, containers);
        return standIn.isWhole()
                        || standIn.is(match.release())
                        || serving.stream().anyMatch(c -> !c.release().equals(standIn.release()))
                ? null
                : standIn;
    }

    /** Its image is there, and all else is known: it is made whole as it was. */
    private List<Change> mend(StandIn standIn, SlotMatch match) {
        SlotMatch slots = standIn.slots();
        Set<String> routed = routedProcesses();
        List<ContainerView> serving =
                slots.kept().stream()
                        .filter(c -> !routed.contains(c.process()) || served.has(c))
                        .toList();
        List<ContainerView> unproven =
                slots.kept().stream().filter(c -> !serving.contains(c)).toList();
        List<Reason> why = new ArrayList<>(List.of(new KeepsServing(standIn.release())));
        why.addAll(slots.startReasons());
        List<Change> changes = new ArrayList<>(makeRoomFor(slots.kept(), match.release(), why));
        changes.add(
                new StartRelease(
                        app.id(),
                        new Release(
                                standIn.release(),
                                standIn.workload().image(),
                                standIn.app().sourceRevision(),
                                slots.starts(),
                                candidates(standIn.workload(), unproven, !serving.isEmpty()),
                                app.dependsOn()),
                        why));
        changes.addAll(pointAfterStart(slots, serving, unproven, false, why));
        changes.addAll(retireUnserved(slots.obsolete(), slots.obsoleteReasons()));
        return changes;
    }

    /**
     * What is left of a release that failed for good, because it could not be removed then or less
     * of it was to run by then. Nothing else of it is ever used: a new spec makes its own.
     */
    private List<Change> clearAway(SlotMatch match) {
        FailedAttempt failure = standingFailure();
        if (failure == null || !failure.permanent() || !served.known()) {
            return List.of();
        }
        Set<String> routed = routedProcesses();
        Set<String> inTraffic = live.routes().inTraffic();
        List<ContainerView> left =
                containers.stream()
                        .filter(c -> c.release().equals(match.release()))
                        .filter(c -> routed.contains(c.process()))
                        .filter(c -> !inTraffic.contains(c.id().shortId()))
                        .toList();
        return left.isEmpty()
                ? List.of()
                : List.of(
                        new RetireContainers(
                                app.id(), left, app.drain(), false, Patience.NONE, held(failure)));
    }

    /**
     * What would serve in place of the wanted release failed too, a moment ago. What served once
     * may do so again at any time; what never did is not tried for ever.
     */
    private boolean standInFails(String release) {
        FailedAttempt failure = live.failures().get(app.id());
        String wanted = app.generation().text();
        return failure != null
                && (failure.withoutStandIn(wanted, now)
                        || (failure.standInTries(wanted) >= ENOUGH
                                && !live.pastOf(app.id()).had(release)));
    }

    private List<Change> answerMeanwhile(Blocked hold) {
        if (hold.code() == ReasonCode.DependencyNotReady) {
            return served.nothing() ? announce(hold.reasons()) : List.of();
        }
        return served.known() // else something may serve
                ? point(new ToNothing("no release is ready"), hold.reasons())
                : List.of();
    }

    /** It was repaired too often lately: what is left of it serves meanwhile. */
    private List<Change> leaveUnrepaired(
            Workload.Containers wanted,
            SlotMatch match,
            List<ContainerView> unproven,
            Blocked hold) {
        if (unproven.isEmpty() || containers.stream().anyMatch(served::has)) {
            return keepServing(wanted, match, hold);
        }
        List<Reason> why = rolloutReasons(List.of(), unproven);
        return List.of(
                new StartRelease(
                        app.id(),
                        new Release(
                                match.release(),
                                wanted.image(),
                                app.sourceRevision(),
                                List.of(),
                                candidates(wanted, unproven, false),
                                app.dependsOn()),
                        why),
                new SwitchTraffic(
                        app.id(),
                        routes,
                        new ToContainers(
                                match.kept().stream().filter(c -> !unproven.contains(c)).toList(),
                                true),
                        why),
                hold);
    }

    /**
     * Of a release that failed for now containers may run; two releases of such an app may not.
     * Nobody goes back to those of the wanted one: each try makes its own.
     */
    private List<Change> makeRoomFor(List<ContainerView> release, String wanted, List<Reason> why) {
        if (app.strategy() != App.Strategy.RECREATE) {
            return List.of();
        }
        Map<Boolean, List<ContainerView>> others =
                containers.stream()
                        .filter(c -> c.alive() && !release.contains(c))
                        .collect(Collectors.partitioningBy(c -> !c.release().equals(wanted)));
        List<Change> changes = new ArrayList<>();
        others.forEach(
                (keep, some) -> {
                    if (!some.isEmpty()) {
                        changes.add(
                                new RetireContainers(
                                        app.id(), some, app.drain(), keep, Patience.NONE, why));
                    }
                });
        return changes;
    }

    /** It runs, and nothing leads to it: to prove it again would change nothing. */
    private boolean canOnlyRun(ContainerView container) {
        return container.running()
                && (routes.isEmpty() || RouteResolver.backend(container, network) == null);
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

    private List<Reason> rolloutReasons(List<Reason> starts, List<ContainerView> unproven) {
        if (rest.woken()) {
            return List.of(new Reason.Woken());
        }
        List<Reason> reasons = new ArrayList<>(wayBack());
        reasons.addAll(starts);
        unproven.forEach(c -> reasons.add(new NotYetServing(c.name())));
        return reasons;
    }

    private List<Reason> wayBack() {
        WentBack back = app.wentBack();
        return back == null || back.stage() != WentBack.Stage.UNDERWAY
                ? List.of()
                : List.of(new Reason.WentBack(back.from(), back.headline()));
    }

    private static List<Release.Candidate> candidates(
            Workload.Containers wanted, List<ContainerView> unproven, boolean disposable) {
        return unproven.stream()
                .map(
                        c -> {
                            var process = wanted.processes().get(c.process());
                            return new Release.Candidate(
                                    c,
                                    process == null ? Readiness.DEFAULT : process.readiness(),
                                    disposable);
                        })
                .toList();
    }

    /**
     * Its network stays until the app goes; one whose start has failed may have no more than that.
     */
    private SlotMatch.Before before(Workload.Containers wanted) {
        if (lastReady != null && lastReady.id().equals(Release.idOf(wanted))) {
            return SlotMatch.Before.READY;
        }
        return live.networks().containsKey(app.id()) && !live.failures().containsKey(app.id())
                ? SlotMatch.Before.BEGUN
                : SlotMatch.Before.NOTHING;
    }

    /**
     * Why nothing new is started now; {@code null} when it may be.
     *
     * @param isNew false for what only repairs: that waits for nobody
     */
    private @Nullable Blocked hold(boolean isNew) {
        Blocked pinned = PinHold.of(app);
        if (pinned != null && isNew) {
            return pinned;
        }
        FailedAttempt failure = standingFailure();
        if (failure != null) {
            return blocked(failure);
        }
        return waitsFor != null && isNew && !app.isBack() && !rest.woken()
                ? new Blocked(
                        app.id(), ReasonCode.DependencyNotReady, false, List.of(new Held(waitsFor)))
                : null;
    }

    private @Nullable FailedAttempt standingFailure() {
        FailedAttempt failure = live.failures().get(app.id());
        return failure != null && failure.stands(app.generation().text(), now) ? failure : null;
    }

    /** Only what was lost waits: who asks for it, or what it runs already, does not. */
    private @Nullable Blocked repairHold(SlotMatch match) {
        FailedAttempt failure = live.failures().get(app.id());
        FailedAttempt hold = failure == null ? null : failure.hold();
        return hold != null
                        && hold.stands(app.generation().text(), now)
                        && !rest.woken()
                        && !match.starts().isEmpty()
                        && match.startReasons().stream().allMatch(Reason::isLoss)
                ? blocked(hold)
                : null;
    }

    private Blocked blocked(FailedAttempt failure) {
        return new Blocked(app.id(), failure.reason(), failure.permanent(), held(failure));
    }

    private static List<Reason> held(FailedAttempt failure) {
        return List.of(
                new Held(
                        failure.permanent()
                                ? "failed and is not tried again until its spec changes: "
                                        + failure.message()
                                : "failed %d times, tried again at %s: %s"
                                        .formatted(
                                                failure.attempts(),
                                                failure.retryAt(),
                                                failure.message())));
    }

    private List<Change> pointUnlessServed(List<Route> expected, Change.Target to) {
        List<Reason> differences = served.difference(expected);
        return differences.isEmpty()
                ? List.of()
                : List.of(new SwitchTraffic(app.id(), routes, to, differences));
    }

    private List<Change> point(ToNothing nothing, List<Reason> why) {
        List<Route> expected = RouteResolver.toNothing(app.id(), routes, nothing.because());
        return served.difference(expected).isEmpty()
                ? List.of()
                : List.of(new SwitchTraffic(app.id(), routes, nothing, why));
    }

    private List<Change> pause(List<Reason> why) {
        List<Route> expected = RouteResolver.toPaused(app.id(), routes, RESTARTING);
        return served.difference(expected).isEmpty()
                ? List.of()
                : List.of(new SwitchTraffic(app.id(), routes, new ToPaused(RESTARTING), why));
    }

    private List<Change> retire(List<ContainerView> old, List<Reason> why) {
        return old.isEmpty() ? List.of() : List.of(retirement(old, Patience.NONE, why));
    }

    /** Of an app that had routes and has none, only the edge knows whether it still serves it. */
    private List<Change> retireUnserved(List<ContainerView> old, List<Reason> why) {
        boolean mayServe =
                !served.known()
                        && routes.isEmpty()
                        && old.stream()
                                .anyMatch(
                                        c ->
                                                c.running()
                                                        && RouteResolver.backend(c, network)
                                                                != null);
        return mayServe
                ? List.of(
                        new Blocked(
                                app.id(),
                                ReasonCode.EdgeUnavailable,
                                false,
                                List.of(
                                        new Held(
                                                "only the edge knows whether it still sends requests to what is to be stopped"))))
                : retireInTheirTime(old, why);
    }

    /** One with open streams is left alone until the edge has ended them. */
    private List<Change> retireInTheirTime(List<ContainerView> old, List<Reason> why) {
        List<ContainerView> quiet = old.stream().filter(c -> !staysForStreams(c)).toList();
        return quiet.isEmpty() ? List.of() : List.of(retirement(quiet, Patience.STREAMS, why));
    }

    private RetireContainers retirement(
            List<ContainerView> old, Patience patience, List<Reason> why) {
        return new RetireContainers(app.id(), old, app.drain(), false, patience, why);
    }

    private boolean staysForStreams(ContainerView container) {
        return container.running() && !served.has(container) && served.streams(container);
    }

    private Set<String> routedProcesses() {
        return claims.processesOf(app.id());
    }
}
