package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.LiveState;
import dev.berth.schemas.config.App;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which times of a schedule have had their run, and which has not.
 *
 * @param runs of it, oldest time first
 * @param since times up to this one count no more
 */
public record CronTimes(DesiredCron cron, List<CronRun> runs, Instant since, Instant now) {
    /** How late a run may be. */
    private static final Duration LATEST = Duration.ofHours(1);

    /** What is known of a schedule. */
    public static CronTimes of(DesiredCron cron, LiveState live, Instant now) {
        List<CronRun> runs =
                CronRun.of(live, cron.app()).stream()
                        .filter(run -> run.name().equals(cron.name()))
                        .toList();
        Instant since =
                Stream.concat(
                                Stream.of(known(cron, live, now)),
                                runs.stream().flatMap(run -> covered(cron, run)))
                        .filter(time -> !time.isAfter(now)) // clocks are set back sometimes
                        .max(Comparator.naturalOrder())
                        .orElse(now);
        return new CronTimes(cron, runs, since, now);
    }

    /** Times before the schedule was there are not made up for. */
    private static Instant known(DesiredCron cron, LiveState live, Instant now) {
        Instant since = live.schedulesSince().get(cron.id());
        return since != null
                ? since
                : live.containersOf(cron.app()).stream()
                        .map(ContainerView::createdAt)
                        .min(Comparator.naturalOrder())
                        .orElse(now);
    }

    /** A time that came while a run went on that forbids others is skipped for good. */
    private static Stream<Instant> covered(DesiredCron cron, CronRun run) {
        Instant ended = run.view().endedAt();
        if (run.waits()) {
            return Stream.empty();
        }
        return cron.concurrency() == App.Concurrency.FORBID && ended != null
                ? Stream.of(run.dueAt(), ended)
                : Stream.of(run.dueAt());
    }

    /** Runs for times up to now, newest first. */
    public List<CronRun> past() {
        return runs.reversed().stream().filter(run -> !run.dueAt().isAfter(now)).toList();
    }

    /** Runs for times yet to come, newest first: the clock was set back. */
    public List<CronRun> ahead() {
        return runs.reversed().stream().filter(run -> run.dueAt().isAfter(now)).toList();
    }

    /** The time that a run is due for now; {@code null} when none is. */
    @Nullable Instant due() {
        Instant last = last();
        return last == null || last.isBefore(now.minus(LATEST)) || isForbidden() ? null : last;
    }

    /** The time that was due and is too late to be made up for; {@code null} when none was. */
    public @Nullable Instant missed() {
        Instant last = last();
        return last != null && last.isBefore(now.minus(LATEST)) && !isForbidden() ? last : null;
    }

    private @Nullable Instant last() {
        return cron.schedule().lastBetween(since, now);
    }

    private boolean isForbidden() {
        return cron.concurrency() == App.Concurrency.FORBID
                && runs.stream().anyMatch(CronRun::goesOn);
    }

    /** True when a run takes longer than it may. */
    boolean isOver(CronRun run) {
        Instant end = endOf(run);
        return end != null && !end.isAfter(now);
    }

    /** When a running one is out of time; {@code null} when it is not known. */
    @Nullable Instant endOf(CronRun run) {
        return run.view().state() instanceof ContainerView.Running(var startedAt, _, _)
                ? startedAt.plus(cron.command().timeout())
                : null;
    }
}
