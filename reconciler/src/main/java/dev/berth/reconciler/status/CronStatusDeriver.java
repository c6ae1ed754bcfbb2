package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.CronTimes;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.schemas.config.App;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ScheduleStatus;
import dev.berth.schemas.status.ScheduleStatus.RunResult;
import dev.berth.schemas.status.ScheduleStatus.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The status of what apps run by the clock: ready unless the last run failed. Pure. */
final class CronStatusDeriver {
    private final PassView view;

    CronStatusDeriver(PassView view) {
        this.view = view;
    }

    /** Every schedule with its runs; none while the engine can't be seen. */
    List<ScheduleStatus> schedules() {
        return switch (view.pass().live()) {
            case Observation.Unknown _ -> List.of();
            case Observation.Known(var live) ->
                    view.desired().apps().values().stream()
                            .flatMap(app -> app.crons().stream().map(c -> schedule(app, c, live)))
                            .toList();
        };
    }

    private ScheduleStatus schedule(DesiredApp app, DesiredCron cron, LiveState live) {
        List<CronRun> runs = times(cron, live).runs();
        return new ScheduleStatus(
                cron.id(),
                cron.app(),
                cron.name(),
                cron.schedule().text(),
                cron.schedule().zone().getId(),
                cron.concurrency().name().toLowerCase(Locale.ROOT),
                app.suspended() ? null : cron.schedule().firstAfter(view.pass().startedAt()),
                runs.reversed().stream()
                        .filter(run -> !run.waits())
                        .map(run -> run(run, cron, runs))
                        .toList());
    }

    private CronTimes times(DesiredCron cron, LiveState live) {
        return CronTimes.of(cron, live, view.pass().startedAt());
    }

    private static RunStatus run(CronRun run, DesiredCron cron, List<CronRun> all) {
        Instant started = run.view().createdAt();
        Instant ended = run.view().endedAt();
        return new RunStatus(
                run.view().run(),
                run.dueAt(),
                started,
                ended == null ? null : Duration.between(started, ended),
                code(run),
                result(run, cron, all));
    }

    private static @Nullable Integer code(CronRun run) {
        return run.view().state() instanceof ContainerView.Exited(int code, _) ? code : null;
    }

    private static RunResult result(CronRun run, DesiredCron cron, List<CronRun> all) {
        if (!run.view().ended()) {
            return RunResult.Running;
        }
        if (run.view().succeeded()) {
            return RunResult.Succeeded;
        }
        return cron.concurrency() == App.Concurrency.REPLACE
                        && all.stream().anyMatch(run::gaveWayTo)
                ? RunResult.Replaced
                : RunResult.Failed;
    }

    /** The status of one, by the runs there were before this pass. */
    ResourceStatus derive(DesiredApp app, DesiredCron cron) {
        String generation = cron.generation().text();
        Conditions conditions = view.conditions(cron.id(), generation);
        ResourceStatus before = conditions.before();
        List<Outcome> outcomes = view.pass().outcomes().of(cron.id());
        List<Change> done = view.pass().outcomes().done(cron.id());
        return new ResourceStatus(
                cron.id(),
                generation,
                app.declaredAt().toString(),
                view.revision(),
                view.revision(),
                view.after(conditions, worth(outcomes), resting(conditions, app, cron)),
                List.of(),
                Map.of(),
                done.isEmpty()
                        ? before == null ? null : before.lastChange()
                        : PlanPrinter.headline(done),
                done.isEmpty() ? before == null ? null : before.lastChangeAt() : view.now(),
                List.of(),
                view.attempted(before),
                List.of(),
                List.of());
    }

    /** That it is being started, or tidied up after, says nothing of how it goes. */
    private static List<Outcome> worth(List<Outcome> outcomes) {
        return outcomes.stream().filter(o -> !(o instanceof Outcome.Underway)).toList();
    }

    private Condition resting(Conditions conditions, DesiredApp app, DesiredCron cron) {
        if (app.suspended()) {
            return conditions.ready(
                    Status.False, ReasonCode.Suspended, "not run while %s is".formatted(app.id()));
        }
        return switch (view.pass().live()) {
            case Observation.Unknown _ -> well(conditions, cron, "runs as declared");
            case Observation.Known(var live) -> lately(conditions, cron, live);
        };
    }

    private Condition lately(Conditions conditions, DesiredCron cron, LiveState live) {
        CronTimes times = times(cron, live);
        Instant missed = times.missed();
        if (missed != null) {
            return conditions.ready(
                    Status.False,
                    ReasonCode.RunMissed,
                    "it was due at %s and could not be started within an hour: skipped"
                            .formatted(missed));
        }
        return last(times, cron)
                .map(run -> after(conditions, cron, run))
                .orElseGet(() -> well(conditions, cron, "it has not run yet"));
    }

    /** The newest that tells how it goes. */
    private static Optional<CronRun> last(CronTimes times, DesiredCron cron) {
        return Stream.of(times.past(), times.ahead())
                .flatMap(List::stream)
                .filter(run -> run.view().ended())
                .filter(run -> result(run, cron, times.runs()) != RunResult.Replaced)
                .findFirst();
    }

    private Condition after(Conditions conditions, DesiredCron cron, CronRun run) {
        return run.view().succeeded()
                ? well(conditions, cron, "%s ended with code 0".formatted(run.view().run()))
                : conditions.ready(
                        Status.False,
                        ReasonCode.JobFailed,
                        "%s ended with code %d; its log: berth logs %s %s"
                                .formatted(
                                        run.view().run(),
                                        code(run),
                                        cron.app().name(),
                                        run.view().run()));
    }

    private Condition well(Conditions conditions, DesiredCron cron, String how) {
        Instant next = cron.schedule().firstAfter(view.pass().startedAt());
        return conditions.ready(
                Status.True, ReasonCode.Succeeded, "%s; next due at %s".formatted(how, next));
    }
}
