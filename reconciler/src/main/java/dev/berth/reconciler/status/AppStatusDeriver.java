package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ResourceStatus.Replicas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status of an app that is declared. Pure. */
final class AppStatusDeriver {
    private final PassView view;
    private final PassInput pass;
    private final Set<String> inTraffic;

    AppStatusDeriver(PassView view) {
        this.view = view;
        this.pass = view.pass();
        this.inTraffic = inTraffic(pass.live());
    }

    private static Set<String> inTraffic(Observation observation) {
        return switch (observation) {
            case Observation.Unknown _ -> Set.of();
            case Observation.Known(LiveState live) -> live.routes().inTraffic();
        };
    }

    ResourceStatus derive(DesiredApp app) {
        ResourceStatus before = pass.before().get(app.id());
        List<Outcome> outcomes = pass.outcomes().of(app.id());
        Conditions conditions = view.conditions(app.id(), app.declared());
        List<Condition> after =
                Stream.concat(
                                judged(app, conditions, outcomes).stream(),
                                view.certificates().condition(app.id(), conditions))
                        .toList();
        Condition ready = after.getFirst();
        boolean serves =
                ready.status() == Status.True && ready.observedGeneration().equals(app.declared());
        List<Change> done = pass.outcomes().done(app.id());
        Attempts attempts = Attempts.after(view, app.id());
        return new ResourceStatus(
                app.id(),
                app.declared(),
                app.declaredAt().toString(),
                view.revision(),
                serves && carriedOut(outcomes)
                        ? view.revision()
                        : appliedBefore(app, before, attempts),
                after,
                view.urls(app.id()),
                replicas(app),
                done.isEmpty()
                        ? before == null ? null : before.lastChange()
                        : PlanPrinter.headline(done),
                done.isEmpty() ? before == null ? null : before.lastChangeAt() : view.now(),
                view.problemsAt(app.declaredAt().file()),
                attempts.attempted(),
                attempts.newest(),
                view.certificates().of(app.id()));
    }

    private List<Condition> judged(DesiredApp app, Conditions conditions, List<Outcome> outcomes) {
        List<Condition> after =
                view.after(List.of(app.id()), conditions, outcomes, resting(conditions, app));
        return new AppHealth(view, app, inTraffic)
                .in(new Rollback(view, app, inTraffic).in(after, conditions), conditions);
    }

    /** Ready when nothing went wrong. */
    private Condition resting(Conditions conditions, DesiredApp app) {
        if (app.suspended()) {
            return conditions.ready(
                    Status.False, ReasonCode.Suspended, "suspended in the config repo");
        }
        if (Sleepers.sleeps(pass, app)) {
            return conditions.ready(
                    Status.True, ReasonCode.Asleep, "asleep; the next request starts it");
        }
        return restarting(app)
                .map(why -> conditions.ready(Status.False, ReasonCode.StartFailed, why))
                .orElseGet(conditions::serves);
    }

    /** The engine restarts what exits by itself: nothing is to be done, and it does not serve. */
    private Optional<String> restarting(DesiredApp app) {
        boolean started =
                pass.outcomes().of(app.id()).stream()
                        .anyMatch(o -> o.change() instanceof Change.StartRelease);
        return started ? Optional.empty() : live(app.id()).flatMap(this::restarting).findFirst();
    }

    private Stream<String> restarting(ContainerView container) {
        return container.state() instanceof ContainerView.Restarting(int code, int times)
                ? Stream.of(
                        "%s exited with code %d, and the engine restarts it (%d times by now)"
                                .formatted(container.name(), code, times))
                : Stream.empty();
    }

    /** One that was put off is ready still, but by what was applied before. */
    private static boolean carriedOut(List<Outcome> outcomes) {
        return outcomes.stream().noneMatch(Outcome.Failed.class::isInstance);
    }

    /** Of what it went back to, if that is still known. */
    private static @Nullable String appliedBefore(
            DesiredApp app, @Nullable ResourceStatus before, Attempts attempts) {
        WentBack back = app.wentBack();
        String then =
                back != null && back.stage() == WentBack.Stage.THERE
                        ? attempts.revisionOf(back.to())
                        : null;
        return then != null || before == null ? then : before.appliedRevision();
    }

    private Map<String, Replicas> replicas(DesiredApp app) {
        if (!(app.workload() instanceof Workload.Containers wanted)) {
            return Map.of();
        }
        boolean rests = app.suspended() || Sleepers.sleeps(pass, app);
        List<Outcome> outcomes = pass.outcomes().of(app.id());
        boolean seen = outcomes.isEmpty() && pass.live() instanceof Observation.Known;
        boolean done = !seen && outcomes.stream().allMatch(Outcome.Done.class::isInstance);
        Map<String, Replicas> replicas = new HashMap<>();
        wanted.processes()
                .forEach(
                        (name, process) -> {
                            int target = rests ? 0 : process.replicas();
                            int running = done ? target : running(app.id(), name);
                            replicas.put(name, new Replicas(target, running));
                        });
        return replicas;
    }

    private int running(ResourceId app, String process) {
        return (int) live(app).filter(c -> c.process().equals(process) && c.running()).count();
    }

    private Stream<ContainerView> live(ResourceId app) {
        return switch (pass.live()) {
            case Observation.Unknown _ -> Stream.empty();
            case Observation.Known(LiveState live) -> live.containersOf(app).stream();
        };
    }
}
