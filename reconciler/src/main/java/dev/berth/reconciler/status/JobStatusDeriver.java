package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The status of a job that is declared: ready once it has ended well. Pure. */
final class JobStatusDeriver {
    private final PassView view;

    JobStatusDeriver(PassView view) {
        this.view = view;
    }

    ResourceStatus derive(DesiredJob job) {
        String generation = job.run().text();
        Conditions conditions = view.conditions(job.id(), generation);
        ResourceStatus before = conditions.before();
        RunView run = run(job);
        StartedJob gone = run == null ? startedJob(job) : null;
        Attempts attempts = attempts(before, run);
        List<Outcome> outcomes = view.pass().outcomes().of(job.id());
        List<Change> done =
                outcomes.stream()
                        .filter(Outcome.Done.class::isInstance)
                        .map(Outcome::change)
                        .toList();
        boolean quiet =
                done.size() == outcomes.size()
                        && view.pass().plan().unknown() == null
                        && !view.isLeftAlone(List.of(job.id()));
        return new ResourceStatus(
                job.id(),
                generation,
                job.declaredAt().toString(),
                view.revision(),
                (run != null && run.succeeded()) || (gone != null && gone.succeeded())
                        ? view.revision()
                        : null,
                quiet
                        ? gone == null ? conditions(conditions, run) : gone(conditions, gone)
                        : view.after(List.of(job.id()), conditions, outcomes, started(conditions)),
                List.of(),
                Map.of(),
                done.isEmpty()
                        ? before == null ? null : before.lastChange()
                        : PlanPrinter.headline(done),
                done.isEmpty() ? before == null ? null : before.lastChangeAt() : view.now(),
                view.problemsAt(job.declaredAt().file()),
                attempts.attempted(),
                attempts.newest(),
                List.of());
    }

    /** With the run, once it has ended. */
    private Attempts attempts(@Nullable ResourceStatus before, @Nullable RunView run) {
        Attempts known = Attempts.before(before);
        Instant ended = run == null ? null : run.endedAt();
        if (run == null || !run.ended() || ended == null || known.hasOneOf(run.createdAt())) {
            return known;
        }
        return new Attempts(view.revision(), known.newest())
                .with(
                        new Attempt(
                                view.revision(),
                                null,
                                run.createdAt(),
                                Duration.between(run.createdAt(), ended),
                                view.desired().revision().author(),
                                "it had not run yet",
                                run.succeeded()
                                        ? Attempt.Outcome.Succeeded
                                        : Attempt.Outcome.Failed,
                                run.succeeded() ? null : "ended with code " + code(run),
                                1));
    }

    private @Nullable RunView run(DesiredJob job) {
        return switch (view.pass().live()) {
            case Observation.Unknown _ -> null;
            case Observation.Known(var live) ->
                    live.runsOf(job.id()).stream()
                            .filter(run -> run.run().equals(job.run().text()))
                            .findFirst()
                            .orElse(null);
        };
    }

    private static List<Condition> conditions(Conditions conditions, @Nullable RunView run) {
        if (run == null || !run.ended()) {
            return List.of(
                    started(conditions),
                    conditions.condition(
                            ConditionType.Reconciling,
                            Status.True,
                            ReasonCode.Progressing,
                            "ready once it has ended"));
        }
        return run.succeeded()
                ? List.of(
                        conditions.ready(Status.True, ReasonCode.JobSucceeded, "ended with code 0"))
                : conditions.failure(
                        ReasonCode.JobFailed,
                        "ended with code %d; its log is that of container %s. Give it a new name to have it run again"
                                .formatted(code(run), run.name()),
                        true);
    }

    private @Nullable StartedJob startedJob(DesiredJob job) {
        return switch (view.pass().live()) {
            case Observation.Unknown _ -> null;
            case Observation.Known(var live) -> {
                StartedJob started = live.startedJobs().get(job.id());
                yield started != null && started.run().equals(job.run().text()) ? started : null;
            }
        };
    }

    /** Its container was removed by somebody: it is not run again. */
    private static List<Condition> gone(Conditions conditions, StartedJob job) {
        Integer code = job.code();
        return job.succeeded()
                ? List.of(
                        conditions.ready(
                                Status.True,
                                ReasonCode.JobSucceeded,
                                "ended with code 0; its container and log are gone"))
                : conditions.failure(
                        ReasonCode.JobFailed,
                        (code == null
                                        ? "its container was removed before anybody saw it end"
                                        : "ended with code %d; its container and log are gone"
                                                .formatted(code))
                                + ". Give it a new name to have it run again",
                        true);
    }

    private static int code(RunView run) {
        return run.state() instanceof ContainerView.Exited(int code, _) ? code : -1;
    }

    private static Condition started(Conditions conditions) {
        return conditions.ready(Status.False, ReasonCode.Progressing, "it runs");
    }
}
