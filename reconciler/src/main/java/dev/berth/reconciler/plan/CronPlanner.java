package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.RemoveRuns;
import dev.berth.reconciler.plan.Change.StartRun;
import dev.berth.reconciler.plan.Change.StopRun;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.schemas.config.App;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one app runs by one schedule:
 *
 * <ol>
 *   <li>A run over its time is stopped.
 *   <li>One that was made for an earlier time and never started is removed.
 *   <li>The last time that has come since the last run is due: for as long as it may be late, and
 *       as far as the runs before it allow.
 *   <li>Of those that have ended the newest are kept.
 * </ol>
 *
 * <p>The containers are the journal: which times have had their run is known from them alone.
 */
final class CronPlanner {
    private final DesiredCron cron;
    private final DesiredApp app;
    private final @Nullable CronBasis basis;
    private final CronTimes times;
    private final @Nullable FailedAttempt failure;
    private final Instant now;

    /**
     * @param basis what it is run with; {@code null} while nothing is ready
     */
    CronPlanner(
            DesiredCron cron,
            DesiredApp app,
            @Nullable CronBasis basis,
            LiveState live,
            Instant now) {
        this.cron = cron;
        this.app = app;
        this.basis = basis;
        this.times = CronTimes.of(cron, live, now);
        this.failure = live.failures().get(cron.id());
        this.now = now;
    }

    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        Instant due = app.suspended() ? null : times.due();
        StartRun start = due == null || basis == null ? null : start(due, basis);
        FailedAttempt hold = start == null || failure == null || !stands(failure) ? null : failure;
        remove(changes, stale(due, start), "it was made and never started");
        for (CronRun run : running().toList()) {
            if (times.isOver(run)) {
                changes.add(stop(run, "it did not end within %d s".formatted(seconds())));
            } else if (start != null
                    && hold == null
                    && cron.concurrency() == App.Concurrency.REPLACE) {
                changes.add(stop(run, "it gives way to the next run"));
            }
        }
        if (due != null && basis == null) {
            changes.add(notReady(due));
        } else if (start != null) {
            changes.add(hold == null ? start : held(hold));
        }
        remove(changes, old(), "newer ones are kept");
        return changes;
    }

    /**
     * When there is something to be done that is not to be done now; {@code null} = never.
     *
     * @param changes what is done now
     */
    @Nullable Instant nextDue(List<Change> changes) {
        Instant next = app.suspended() ? null : cron.schedule().firstAfter(now);
        boolean starts = changes.stream().anyMatch(StartRun.class::isInstance);
        Instant end = starts ? now.plus(cron.command().timeout()) : null;
        return Stream.concat(
                        Stream.of(Optional.ofNullable(next), Optional.ofNullable(end)),
                        running().map(times::endOf).map(Optional::ofNullable))
                .flatMap(Optional::stream)
                .filter(now::isBefore)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private Stream<CronRun> running() {
        return times.runs().stream().filter(run -> run.view().running());
    }

    private StartRun start(Instant due, CronBasis with) {
        ContainerTemplate template =
                cron.command().template().edit().image(with.image().reference()).make();
        return new StartRun(
                cron.id(),
                new Run(
                        RunView.Role.CRON,
                        CronRun.id(cron.name(), due),
                        cron.app(),
                        with.image(),
                        template,
                        with.revision()),
                List.of(new Held("it was due at " + due)));
    }

    private List<RunView> stale(@Nullable Instant due, @Nullable StartRun start) {
        return times.runs().stream()
                .filter(CronRun::waits)
                .filter(run -> !run.dueAt().equals(due) || !madeFor(run, start))
                .map(CronRun::view)
                .toList();
    }

    private static boolean madeFor(CronRun run, @Nullable StartRun start) {
        return start == null || run.view().is(start.run().id(), start.run().template());
    }

    /** Runs for a time yet to come, of before the clock was set back, count by themselves. */
    private List<RunView> old() {
        return Stream.of(times.past(), times.ahead())
                .flatMap(runs -> Stream.of(old(runs, true), old(runs, false)))
                .flatMap(List::stream)
                .toList();
    }

    private List<RunView> old(List<CronRun> newestFirst, boolean well) {
        return newestFirst.stream()
                .map(CronRun::view)
                .filter(run -> run.ended() && run.succeeded() == well)
                .skip(cron.keep())
                .toList();
    }

    private void remove(List<Change> changes, List<RunView> runs, String why) {
        if (!runs.isEmpty()) {
            changes.add(new RemoveRuns(cron.id(), runs, List.of(new Held(why))));
        }
    }

    private StopRun stop(CronRun run, String why) {
        return new StopRun(cron.id(), run.view(), List.of(new Held(why)));
    }

    private Blocked notReady(Instant due) {
        return new Blocked(
                cron.id(),
                ReasonCode.DependencyNotReady,
                false,
                List.of(
                        new Held(
                                "due at %s, waits for %s, of which no release is ready"
                                        .formatted(due, cron.app()))));
    }

    private boolean stands(FailedAttempt attempt) {
        return attempt.stands(cron.generation().text(), now);
    }

    private Blocked held(FailedAttempt attempt) {
        return new Blocked(
                cron.id(), attempt.reason(), false, List.of(new Held(attempt.message())));
    }

    private long seconds() {
        return cron.command().timeout().toSeconds();
    }
}
