package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an app runs by the clock, and how that went. Whether it went well is also told by the status
 * of {@code id}.
 *
 * @param id of the schedule: {@code job/shop.prune}
 * @param app whose it is
 * @param name unique in the app
 * @param nextDue when it is due next; {@code null} = not while things are as they are
 * @param runs those that are kept, newest first
 */
public record ScheduleStatus(
        ResourceId id,
        ResourceId app,
        String name,
        String schedule,
        String timezone,
        String concurrency,
        @Nullable Instant nextDue,
        List<RunStatus> runs) {
    public ScheduleStatus {
        runs = List.copyOf(runs);
    }

    /**
     * One run.
     *
     * @param run its id, which its log is asked for by
     * @param dueAt the time it is for
     * @param startedAt when its container was made
     * @param took {@code null} while it runs
     * @param exitCode {@code null} while it runs
     */
    public record RunStatus(
            String run,
            Instant dueAt,
            Instant startedAt,
            @Nullable Duration took,
            @Nullable Integer exitCode,
            RunResult result) {}

    /** How a run went. */
    public enum RunResult {
        Running,
        Succeeded,
        Failed,
        /** It was stopped for the next one. */
        Replaced
    }
}
