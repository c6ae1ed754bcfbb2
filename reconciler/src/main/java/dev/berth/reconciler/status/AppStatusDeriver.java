package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.Workload;
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

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The status of an app that is declared. Pure. */
final class AppStatusDeriver {
    private final PassView view;
    private final PassInput pass;

    AppStatusDeriver(PassView view) {
        this.view = view;
        this.pass = view.pass();
    }

    ResourceStatus derive(DesiredApp app) {
        ResourceStatus before = pass.before().get(app.id());
        List<Outcome> outcomes = pass.outcomes().of(app.id());
        Conditions conditions = view.conditions(app.id(), app.generation().text());
        List<Condition> after = view.after(conditions, outcomes, resting(conditions, app));
        Condition ready = after.getFirst();
        boolean serves =
                ready.status() == Status.True
                        && ready.observedGeneration().equals(app.generation().text());
        List<Change> done = pass.outcomes().done(app.id());
        return new ResourceStatus(
                app.id(),
                app.generation().text(),
                app.declaredAt().toString(),
                view.revision(),
                serves && carriedOut(outcomes) ? view.revision() : appliedBefore(before),
                after,
                view.urls(app.id()),
                replicas(app),
                done.isEmpty()
                        ? before == null ? null : before.lastChange()
                        : PlanPrinter.headline(done),
                done.isEmpty() ? before == null ? null : before.lastChangeAt() : view.now(),
                view.problemsAt(app.declaredAt().file()));
    }

    /** Ready when nothing went wrong. */
    private Condition resting(Conditions conditions, DesiredApp app) {
        if (app.suspended()) {
            return conditions.ready(
                    Status.False, ReasonCode.Suspended, "suspended in the config repo");
        }
        return Sleepers.sleeps(pass, app)
                ? conditions.ready(
                        Status.True, ReasonCode.Asleep, "asleep; the next request starts it")
                : conditions.serves();
    }

    /** One that was put off is ready still, but by what was applied before. */
    private static boolean carriedOut(List<Outcome> outcomes) {
        return outcomes.stream().noneMatch(Outcome.Failed.class::isInstance);
    }

    private static @Nullable String appliedBefore(@Nullable ResourceStatus before) {
        return before == null ? null : before.appliedRevision();
    }

    private Map<String, Replicas> replicas(DesiredApp app) {
        if (!(app.workload() instanceof Workload.Containers wanted)) {
            return Map.of();
        }
        boolean rests = app.suspended() || Sleepers.sleeps(pass, app);
        boolean done =
                pass.outcomes().of(app.id()).stream().allMatch(Outcome.Done.class::isInstance);
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
        return switch (pass.live()) {
            case Observation.Unknown _ -> 0;
            case Observation.Known(LiveState live) ->
                    (int)
                            live.containersOf(app).stream()
                                    .filter(c -> c.process().equals(process) && c.running())
                                    .count();
        };
    }
}
