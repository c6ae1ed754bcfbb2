package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.desired.Returns;
import dev.berth.reconciler.desired.Returns.Return;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.plan.Release;
import dev.berth.reconciler.plan.Vitals;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which apps go back from a release that fails soon after it has taken over, and how far
 * those are that did. Pure: by what is remembered and what lives, so that who looks again decides
 * the same.
 *
 * <ol>
 *   <li>An app goes back when the declared release ails ({@link Vitals}), or can't be repaired; it
 *       took over less than its window ago, nothing else serves, what it depends on has stood for a
 *       minute, and a release was ready before it.
 *   <li>It is there once that one alone serves; then it stays, whatever becomes of it.
 *   <li>It is given up when that one fails for good before it serves: what fails then is around the
 *       app, and the declared release may recover.
 *   <li>Another generation forgets all of it.
 * </ol>
 *
 * @param declared before anything is followed
 * @param traffic the same, as to what serves
 */
record RollbackJudge(DesiredState.Known declared, LiveState live, Traffic traffic, Instant now) {
    /** A try that fails once may have been disturbed. */
    private static final int AGAIN = 2;

    /** So often the release before is tried, when it fails only for the moment. */
    private static final int ENOUGH = 5;

    /** What an app depends on has had its share in a fall that comes sooner after its own start. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    /**
     * What is to be remembered of an app from now on.
     *
     * @param fact {@code null} = nothing
     * @param patient the container that made it go back; {@code null} unless it does so now
     */
    record News(ResourceId app, @Nullable WentBack fact, @Nullable ContainerView patient) {}

    /**
     * What is new about an app; {@code null} when nothing is.
     *
     * @param remembered of it
     */
    @Nullable News of(DesiredApp app, AppReleases remembered) {
        Return back = remembered.back();
        if (back == null) {
            return falls(app, remembered);
        }
        if (!Returns.stands(back.fact(), app) || back.to() == null) {
            return new News(app.id(), null, null);
        }
        return back.fact().stage() == WentBack.Stage.UNDERWAY
                ? comesAlong(Returns.follow(declared, app, back), back.fact())
                : null;
    }

    private @Nullable News comesAlong(DesiredApp back, WentBack fact) {
        if (!(back.workload() instanceof Workload.Containers wanted)) {
            return null;
        }
        if (traffic.serving(back.id()).equals(Set.of(Release.idOf(wanted)))) {
            return new News(back.id(), fact.arrived(), null);
        }
        FailedAttempt failure = live.failures().get(back.id());
        return failure != null
                        && failure.generation().equals(back.generation().text())
                        && (failure.permanent() || failure.attempts() >= ENOUGH)
                ? new News(back.id(), fact.givenUp(failure.message()), null)
                : null;
    }

    private @Nullable News falls(DesiredApp app, AppReleases remembered) {
        if (!app.rollbackWindow().isPositive()
                || !(app.workload() instanceof Workload.Containers wanted)
                || (!ails(app) && repairsInVain(app) == null)) {
            return null; // so it is with most, of which nothing more is asked
        }
        String failing = Release.idOf(wanted);
        List<KnownRelease> known = remembered.releases();
        Ailment ailment = ailment(app, wanted, failing);
        KnownRelease before = before(app, failing, known);
        return ailment != null
                        && before != null
                        && surroundingsStand(app)
                        && hasTakenOver(app, failing, remembered)
                        && isWithin(app, tookOver(app, failing, known))
                ? new News(
                        app.id(),
                        WentBack.begun(
                                app.generation().text(),
                                failing,
                                before.id(),
                                now,
                                ailment.reason(),
                                ailment.message()),
                        ailment.patient())
                : null;
    }

    /**
     * What ails a release.
     *
     * @param patient the container; {@code null} when the message has its last words
     */
    private record Ailment(ReasonCode reason, String message, @Nullable ContainerView patient) {
        static Ailment of(Vitals.Ill ill) {
            return new Ailment(ill.reason(), ill.message(), ill.patient());
        }
    }

    private boolean ails(DesiredApp app) {
        return Vitals.of(live.containersOf(app.id()), now) instanceof Vitals.Ill;
    }

    private @Nullable Ailment ailment(DesiredApp app, Workload.Containers wanted, String failing) {
        List<ContainerView> its =
                live.containersOf(app.id()).stream()
                        .filter(c -> c.release().equals(failing))
                        .toList();
        if (Vitals.of(its, now) instanceof Vitals.Ill flapping && flapping.isFlapping()) {
            return Ailment.of(flapping);
        }
        List<ContainerView> judged = its.stream().filter(c -> judgesItself(wanted, c)).toList();
        return Vitals.of(judged, now) instanceof Vitals.Ill unhealthy
                ? Ailment.of(unhealthy)
                : repairsInVain(app);
    }

    /** A HEALTHCHECK that its readiness does not depend on may never have passed. */
    private static boolean judgesItself(Workload.Containers wanted, ContainerView container) {
        DesiredProcess process = wanted.processes().get(container.process());
        return process != null && process.readiness().check() instanceof Readiness.Automatic;
    }

    /**
     * Of several replicas one that keeps exiting is taken out of traffic and has to prove itself
     * anew, or another in its place: that it does not is seen here and not by its restarts.
     */
    private @Nullable Ailment repairsInVain(DesiredApp app) {
        FailedAttempt failure = live.failures().get(app.id());
        return failure != null
                        && !isWhole(app)
                        && failure.generation().equals(app.generation().text())
                        && !failure.permanent()
                        && failure.attempts() >= AGAIN
                        && (failure.reason() == ReasonCode.StartFailed
                                || failure.reason() == ReasonCode.HealthCheckFailed)
                ? new Ailment(failure.reason(), failure.message(), null)
                : null;
    }

    /** All that is declared runs, and gets its requests: what failed was before that. */
    private boolean isWhole(DesiredApp app) {
        if (!(app.workload() instanceof Workload.Containers wanted)) {
            return false;
        }
        String id = Release.idOf(wanted);
        Set<String> routed = declared.claims().processesOf(app.id());
        Set<String> inTraffic = live.routes().inTraffic();
        Map<String, Long> well =
                live.containersOf(app.id()).stream()
                        .filter(c -> c.release().equals(id) && c.running())
                        .filter(
                                c ->
                                        !routed.contains(c.process())
                                                || inTraffic.contains(c.id().shortId()))
                        .collect(
                                Collectors.groupingBy(
                                        ContainerView::process, Collectors.counting()));
        return wanted.processes().entrySet().stream()
                .allMatch(p -> well.getOrDefault(p.getKey(), 0L) >= p.getValue().replicas());
    }

    /**
     * The last release that was ready before; {@code null} when there is none, it can't be made, is
     * the same with the secrets of now, or lacks a process that listens where requests are to get.
     */
    private @Nullable KnownRelease before(
            DesiredApp app, String failing, List<KnownRelease> known) {
        Set<String> routed = declared.claims().processesOf(app.id());
        return known.stream()
                .filter(release -> !release.id().equals(failing))
                .findFirst()
                .filter(release -> Returns.canBeMade(release, declared))
                .filter(
                        release ->
                                !Release.idOf(Returns.templates(release, declared)).equals(failing))
                .filter(release -> routed.stream().allMatch(release::listens))
                .orElse(null);
    }

    /** What it depends on did not begin anew just now: an app that falls with it may stand up. */
    private boolean surroundingsStand(DesiredApp app) {
        return app.dependsOn().stream()
                .flatMap(id -> live.containersOf(id).stream())
                .allMatch(
                        c ->
                                c.state()
                                                instanceof
                                                ContainerView.Running(
                                                        Instant since,
                                                        ContainerView.Health health,
                                                        _)
                                        && health != ContainerView.Health.UNHEALTHY
                                        && since.isBefore(now.minus(SETTLED)));
    }

    /**
     * When a release was seen ready first; one that never was because it fell at once took over
     * after its containers were made.
     */
    private Instant tookOver(DesiredApp app, String release, List<KnownRelease> known) {
        return !known.isEmpty() && known.getFirst().id().equals(release)
                ? known.getFirst().readyAt()
                : live.containersOf(app.id()).stream()
                        .filter(c -> c.release().equals(release))
                        .map(ContainerView::createdAt)
                        .max(Comparator.naturalOrder())
                        .orElse(Instant.MIN);
    }

    /** While the clock stands before that, nobody can tell. */
    private boolean isWithin(DesiredApp app, Instant tookOver) {
        return !now.isBefore(tookOver) && now.isBefore(tookOver.plus(app.rollbackWindow()));
    }

    /**
     * True when it served last, and nothing else does now. It need not serve itself: what exits is
     * taken out of traffic. What never served can't be gone back from: it has replaced nothing.
     */
    private boolean hasTakenOver(DesiredApp app, String release, AppReleases remembered) {
        return remembered.served(release)
                && !traffic.isUnseen(app.id())
                && Set.of(release).containsAll(traffic.serving(app.id()));
    }
}
