package dev.berth.reconciler.status;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Optional;

/** What containers wrote that ran once: of jobs, of schedules, before releases. Thread-safe. */
@FunctionalInterface
public interface RunLogs {
    /** Where nothing runs once. */
    RunLogs NONE = (_, _, _) -> Optional.empty();

    /**
     * The last lines of a run, as far as the engine keeps them; oldest first, without line ends.
     *
     * @param owner the app or job that it ran for
     * @param run its id, or the name of a schedule for its newest run; empty = the newest of all
     * @param lines greatest number of lines, 1 to 10000
     * @return empty when there is no such run
     * @throws UnavailableException if the engine does not answer
     */
    Optional<List<String>> tail(ResourceId owner, String run, int lines)
            throws UnavailableException;

    /**
     * Likewise of a job as status names it: {@code job/import}, or {@code job/shop.prune} for the
     * newest run of what an app runs by the clock.
     *
     * @throws UnavailableException if the engine does not answer
     */
    default Optional<List<String>> tailOf(ResourceId job, int lines) throws UnavailableException {
        int dot = job.name().indexOf('.');
        return dot < 0
                ? tail(job, "", lines)
                : tail(
                        ResourceId.app(job.name().substring(0, dot)),
                        job.name().substring(dot + 1),
                        lines);
    }
}
