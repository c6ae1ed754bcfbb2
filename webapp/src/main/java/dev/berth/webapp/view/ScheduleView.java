package dev.berth.webapp.view;

import dev.berth.schemas.status.ScheduleStatus;
import dev.berth.schemas.status.ScheduleStatus.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an app runs by the clock.
 *
 * @param href of its own page
 * @param next when it is due next, in UTC; {@code null} = not while things are as they are
 */
public record ScheduleView(
        String name,
        String href,
        String schedule,
        String timezone,
        String concurrency,
        @Nullable String next,
        List<RunView> runs) {

    /**
     * One run.
     *
     * @param due the time it was for
     * @param took {@code null} while it runs
     * @param code its exit code; {@code null} while it runs
     * @param log where its log is
     */
    public record RunView(
            String run,
            Moment due,
            Moment started,
            @Nullable String took,
            @Nullable String code,
            String result,
            String tone,
            String log) {
        static RunView of(RunStatus run, String app, Instant now) {
            Duration took = run.took();
            Integer code = run.exitCode();
            return new RunView(
                    run.run(),
                    Moment.of(run.dueAt(), now),
                    Moment.of(run.startedAt(), now),
                    took == null ? null : Moment.length(took),
                    code == null ? null : code.toString(),
                    run.result().name(),
                    switch (run.result()) {
                        case Running -> "work";
                        case Succeeded -> "good";
                        case Failed -> "bad";
                        case Replaced -> "idle";
                    },
                    "/api/v1/apps/%s/log?run=%s".formatted(app, run.run()));
        }
    }

    public static ScheduleView of(ScheduleStatus status, Instant now) {
        Instant next = status.nextDue();
        return new ScheduleView(
                status.name(),
                "/resources/" + status.id(),
                status.schedule(),
                status.timezone(),
                status.concurrency(),
                next == null ? null : Moment.of(next, now).exact(),
                status.runs().stream()
                        .map(run -> RunView.of(run, status.app().name(), now))
                        .toList());
    }
}
