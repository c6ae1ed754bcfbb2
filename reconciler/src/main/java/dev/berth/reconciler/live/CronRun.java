package dev.berth.reconciler.live;

import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.schemas.config.ResourceId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of what an app runs by the clock. Its id tells which time it is for, so that there are no
 * two for one time.
 *
 * @param name of the schedule
 * @param dueAt which of its times it is for, to the minute
 */
public record CronRun(RunView view, String name, Instant dueAt) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmm");
    private static final int DIGITS = 12;

    /** The id of a run: {@code prune-202611210300}, in UTC. */
    public static String id(String name, Instant dueAt) {
        return name + "-" + TIME.format(LocalDateTime.ofInstant(dueAt, ZoneOffset.UTC));
    }

    /** Those of an app, oldest time first. */
    public static List<CronRun> of(LiveState live, ResourceId app) {
        return live.runsOf(app).stream()
                .flatMap(run -> read(run).stream())
                .sorted(Comparator.comparing(CronRun::dueAt))
                .toList();
    }

    /**
     * The newest time of each schedule that has had its run; none that is yet to come, since clocks
     * are set back sometimes.
     */
    public static Map<ResourceId, Instant> newest(
            LiveState live, Collection<ResourceId> apps, Instant now) {
        Map<ResourceId, Instant> newest = new HashMap<>();
        for (ResourceId app : apps) {
            for (CronRun run : of(live, app)) {
                if (!run.waits() && !run.dueAt.isAfter(now)) {
                    newest.put(DesiredCron.id(app, run.name), run.dueAt); // the oldest come first
                }
            }
        }
        return newest;
    }

    private static Optional<CronRun> read(RunView run) {
        int dash = run.run().lastIndexOf('-');
        if (run.role() != RunView.Role.CRON || dash < 1) {
            return Optional.empty();
        }
        String time = run.run().substring(dash + 1);
        try {
            return time.length() == DIGITS
                    ? Optional.of(
                            new CronRun(
                                    run,
                                    run.run().substring(0, dash),
                                    LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC)))
                    : Optional.empty();
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    /** True when it was made and never started. */
    public boolean waits() {
        return view.state() instanceof ContainerView.Created;
    }

    /** True when it has begun and not ended; it may be about to. */
    public boolean goesOn() {
        return !waits() && !view.ended();
    }

    /**
     * True when it was stopped for a later one: that was due before it ended, and made after.
     *
     * @param later of the same schedule
     */
    public boolean gaveWayTo(CronRun later) {
        Instant ended = view.endedAt();
        return ended != null
                && later.dueAt.isAfter(dueAt)
                && !ended.isBefore(later.dueAt)
                && !ended.isAfter(later.view.createdAt());
    }
}
