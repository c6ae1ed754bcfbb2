package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Returns;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.Patience;
import dev.berth.reconciler.plan.Change.PublishSite;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToContainers;
import dev.berth.reconciler.plan.Change.ToNothing;
import dev.berth.reconciler.plan.Change.ToSite;
import dev.berth.reconciler.plan.Change.ToSleep;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.reconciler.plan.Reason.NotYetServing;
import dev.berth.schemas.config.App;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one app, in order. A new release is started beside the old one, proves itself,
 * takes the traffic in one switch, and only then the old one drains and stops; {@code strategy:
 * recreate} stops the old one first and keeps it, stopped, until the new one works.
 */
final class AppPlanner {
    private final DesiredState.Known desired;
    private final AppAtHand at;
    private final DesiredApp app;
    private final Served served;
    private final @Nullable String waitsFor;
    private final Rest rest;
    private final Pointing pointing;
    private final Retiring retiring;

    /**
     * @param waitsFor why what the app depends on is not ready; {@code null} when it is
     */
    AppPlanner(
            DesiredState.Known desired,
            DesiredApp app,
            LiveState live,
            Instant now,
            @Nullable String waitsFor) {
        this.desired = desired;
        this.at = AppAtHand.of(desired, app, live, now);
        this.app = app;
        this.served = at.served();
        this.waitsFor = waitsFor;
        this.rest = new Rest(app, !at.routes().isEmpty(), at.containers(), served);
        this.pointing = new Pointing(at);
        this.retiring = new Retiring(at);
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
        List<Change> changes = new ArrayList<>(pointing.at(new ToNothing("suspended"), why));
        changes.addAll(retiring.all(at.containers(), why));
        return changes;
    }

    private List<Change> sleep(Duration after) {
        List<Reason> why = List.of(new Reason.Idle(after));
        List<Change> changes =
                new ArrayList<>(
                        pointing.unlessServed(
                                RouteResolver.toSleep(app.id(), at.routes()), new ToSleep(), why));
        List<ContainerView> quiet =
                at.containers().stream().filter(c -> !c.running() || !served.streams(c)).toList();
        if (!quiet.isEmpty()) { // no time to drain: what is busy now is left to a later pass
            changes.add(
                    new RetireContainers(
                            app.id(), quiet, Duration.ZERO, false, Patience.REQUESTS, why));
        }
        return changes;
    }

    private List<Change> site(Workload.Files wanted) {
        String directory =
                at.live().publishedSites().getOrDefault(app.id(), Map.of()).get(wanted.id());
        List<Change> changes = new ArrayList<>();
        if (directory == null) {
            List<Reason> why =
                    List.of(
                            at.live().publishedSites().containsKey(app.id())
                                    ? new Reason.FieldChanged(
                                            "files of " + wanted.pin().path(),
                                            "an older tree",
                                            wanted.id().substring(0, 12))
                                    : new Reason.FirstDeployment());
            Blocked hold = hold(true);
            if (hold != null) {
                return List.of(hold);
            }
            changes.add(new PublishSite(app.id(), wanted, why));
            changes.add(new SwitchTraffic(app.id(), at.routes(), new ToSite(wanted), why));
        } else {
            List<Route> expected =
                    RouteResolver.toFiles(app.id(), at.routes(), directory, wanted.spa());
            changes.addAll(pointing.unlessServed(expected, new ToSite(wanted)));
        }
        List<Reason> instead =
                List.of(
                        wanted.recipe() == null
                                ? new Reason.FieldChanged("static", "(none)", wanted.pin().path())
                                : new Reason.FieldChanged(
                                        "what the code is", "a program", "files"));
        changes.addAll(retiring.all(at.containers(), instead));
        changes.addAll(new ReleaseRuns(app, at.live().runsOf(app.id())).cleanUp("", instead));
        return changes;
    }

    private List<Change> release(Workload.Containers wanted) {
        SlotMatch match = SlotMatch.of(at.instance(), app, wanted, at.containers(), before(wanted));
        boolean mayBeUnproven = isOnItsWay(match);
        List<ContainerView> serving =
                match.kept().stream()
                        .filter(
                                c ->
                                        at.routed().contains(c.process())
                                                ? served.has(c)
                                                : !mayBeUnproven)
                        .toList();
        List<ContainerView> unproven =
                match.kept().stream().filter(c -> !serving.contains(c)).toList();
        boolean rollout = !match.starts().isEmpty() || !unproven.isEmpty();
        List<ContainerView> relief = rollout ? List.of() : relief(serving, match.obsolete());

        Blocked hold = hold(match.isNewRelease());
        if (rollout && hold != null) {
            return new KeptServing(at, Returns.at(desired, app, at.past().inTraffic()))
                    .changes(wanted, match, hold);
        }
        Blocked repairHold = repairHold(match);
        if (repairHold != null) {
            return leaveUnrepaired(wanted, match, unproven, repairHold);
        }

        ReleaseRuns runs = new ReleaseRuns(app, at.live().runsOf(app.id()));
        List<Reason> why = rolloutReasons(match.startReasons(), unproven);
        List<Change> changes = new ArrayList<>();
        if (rollout) {
            if (served.nothing()) {
                changes.addAll(pointing.announce(why));
            }
            changes.addAll(runs.before(match, wanted, why));
        }
        boolean stopFirst =
                app.strategy() == App.Strategy.RECREATE
                        && !match.starts().isEmpty()
                        && match.obsolete().stream().anyMatch(ContainerView::alive);
        if (stopFirst) {
            changes.addAll(pointing.pause(match.obsoleteReasons()));
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
                                    Release.candidates(
                                            wanted, unproven, !served.containers().isEmpty()),
                                    app.dependsOn()),
                            why));
            changes.addAll(pointing.afterStart(match, serving, unproven, stopFirst, why));
        } else {
            List<ContainerView> all = Stream.concat(serving.stream(), relief.stream()).toList();
            changes.addAll(pointing.at(all));
        }
        List<ContainerView> old =
                match.obsolete().stream().filter(c -> !relief.contains(c)).toList();
        changes.addAll(retiring.unserved(old, match.obsoleteReasons()));
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
                                        ContainerView::process, at::isReached, Boolean::logicalOr));
        return obsolete.stream()
                .filter(c -> at.isReached(c) && served.has(c))
                .filter(c -> !reached.getOrDefault(c.process(), true))
                .toList();
    }

    /**
     * The release that was ready last still runs, or was stopped to make room, and nothing leads to
     * the wanted one: what runs of that need not have proven itself. Who began it may have died
     * while it did.
     */
    private boolean isOnItsWay(SlotMatch match) {
        KnownRelease lastReady = at.past().lastReady();
        return lastReady != null
                && !lastReady.id().equals(match.release())
                && match.kept().stream().noneMatch(served::has)
                && match.obsolete().stream()
                        .filter(c -> c.release().equals(lastReady.id()))
                        .anyMatch(c -> c.running() || app.strategy() == App.Strategy.RECREATE);
    }

    /** It was repaired too often lately: what is left of it serves meanwhile. */
    private List<Change> leaveUnrepaired(
            Workload.Containers wanted,
            SlotMatch match,
            List<ContainerView> unproven,
            Blocked hold) {
        if (unproven.isEmpty() || at.containers().stream().anyMatch(served::has)) {
            return new KeptServing(at, null).changes(wanted, match, hold);
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
                                Release.candidates(wanted, unproven, false),
                                app.dependsOn()),
                        why),
                new SwitchTraffic(
                        app.id(),
                        at.routes(),
                        new ToContainers(
                                match.kept().stream().filter(c -> !unproven.contains(c)).toList(),
                                true),
                        why),
                hold);
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

    /**
     * Its network stays until the app goes; one whose start has failed may have no more than that.
     */
    private SlotMatch.Before before(Workload.Containers wanted) {
        KnownRelease lastReady = at.past().lastReady();
        if (lastReady != null && lastReady.id().equals(Release.idOf(wanted))) {
            return SlotMatch.Before.READY;
        }
        return at.live().networks().containsKey(app.id())
                        && !at.live().failures().containsKey(app.id())
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
        FailedAttempt failure = at.standingFailure();
        if (failure != null) {
            return blocked(failure);
        }
        return waitsFor != null && isNew && !app.isBack() && !rest.woken()
                ? new Blocked(
                        app.id(), ReasonCode.DependencyNotReady, false, List.of(new Held(waitsFor)))
                : null;
    }

    /** Only what was lost waits: who asks for it, or what it runs already, does not. */
    private @Nullable Blocked repairHold(SlotMatch match) {
        FailedAttempt failure = at.failure();
        FailedAttempt hold = failure == null ? null : failure.hold();
        return hold != null
                        && hold.stands(app.generation().text(), at.now())
                        && !rest.woken()
                        && !match.starts().isEmpty()
                        && match.startReasons().stream().allMatch(Reason::isLoss)
                ? blocked(hold)
                : null;
    }

    private Blocked blocked(FailedAttempt failure) {
        return new Blocked(
                app.id(), failure.reason(), failure.permanent(), List.of(Held.by(failure)));
    }
}
