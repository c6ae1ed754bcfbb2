package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.RemoveRuns;
import dev.berth.reconciler.plan.Change.StartRun;
import dev.berth.reconciler.plan.Change.StopRun;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one job: it is started once, and stopped when it is over its time. What was made
 * for another spec and never started is no run, and is removed.
 */
final class JobPlanner {
    private final DesiredJob job;
    private final LiveState live;
    private final Instant now;

    JobPlanner(DesiredJob job, LiveState live, Instant now) {
        this.job = job;
        this.live = live;
        this.now = now;
    }

    List<Change> changes() {
        List<RunView> all = live.runsOf(job.id());
        List<RunView> stale = all.stream().filter(this::neverRan).toList();
        List<Change> changes = new ArrayList<>();
        if (!stale.isEmpty()) {
            changes.add(
                    new RemoveRuns(
                            job.id(),
                            stale,
                            List.of(new Held("it was made for another spec and never started"))));
        }
        List<RunView> runs = all.stream().filter(run -> !stale.contains(run)).toList();
        runs.stream().filter(this::overTime).map(this::stop).forEach(changes::add);
        changes.addAll(begin(runs));
        return changes;
    }

    private boolean neverRan(RunView run) {
        return run.state() instanceof ContainerView.Created && !isMine(job, run);
    }

    private List<Change> begin(List<RunView> runs) {
        RunView run = mine(job, runs);
        StartedJob started = live.startedJobs().get(job.id());
        if (runs.isEmpty() && started != null) { // somebody removed its container
            return started.run().equals(job.run().text()) ? List.of() : another();
        }
        if (run == null || run.state() instanceof ContainerView.Created) {
            return run == null && !runs.isEmpty() ? another() : start();
        }
        return List.of();
    }

    /** The run of a job; {@code null} when there is none of what it says now. */
    static @Nullable RunView mine(DesiredJob job, List<RunView> runs) {
        return runs.stream().filter(run -> isMine(job, run)).findFirst().orElse(null);
    }

    private static boolean isMine(DesiredJob job, RunView run) {
        return run.run().equals(job.run().text());
    }

    private List<Change> another() {
        return List.of(
                new Blocked(
                        job.id(),
                        ReasonCode.Conflict,
                        true,
                        List.of(
                                new Held(
                                        "it ran already, with another spec: a job runs once, give it a new name"))));
    }

    private List<Change> start() {
        FailedAttempt failure = live.failures().get(job.id());
        if (failure != null
                && failure.generation().equals(job.run().text())
                && now.isBefore(failure.retryAt())) {
            return List.of(
                    new Blocked(
                            job.id(),
                            failure.reason(),
                            failure.permanent(),
                            List.of(new Held(failure.message()))));
        }
        return List.of(
                new StartRun(
                        job.id(),
                        new Run(
                                RunView.Role.JOB,
                                job.run().text(),
                                job.networkOf(),
                                job.image(),
                                job.command().template(),
                                job.revision()),
                        List.of(new Held("it has not run yet"))));
    }

    private Change stop(RunView run) {
        return new StopRun(
                job.id(),
                run,
                List.of(
                        new Held(
                                "it did not end within %d s"
                                        .formatted(job.command().timeout().toSeconds()))));
    }

    /** By the time that a run may take now, also of one of another spec. */
    private boolean overTime(RunView run) {
        return run.state() instanceof ContainerView.Running(var startedAt, _, _)
                && Duration.between(startedAt, now).compareTo(job.command().timeout()) > 0;
    }
}
