package dev.berth.reconciler.converge;

import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.config.ResourceId;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs were started: a job runs once, also when somebody removes its container, which shows
 * it as long as it is there. Confined to the thread of the pass.
 */
public final class StartedJobs {
    private final Map<ResourceId, StartedJob> started = new TreeMap<>();

    /** Begins with what an earlier process knew. */
    public void recall(Map<String, StartedJob> remembered) {
        remembered.forEach((id, job) -> started.put(ResourceId.parse(id), job));
    }

    public Map<ResourceId, StartedJob> all() {
        return Map.copyOf(started);
    }

    /** Learns from a look: what is there knows best. */
    public void learn(LiveState live) {
        live.runs().stream()
                .filter(run -> run.role() == RunView.Role.JOB)
                .filter(run -> !(run.state() instanceof ContainerView.Created))
                .forEach(run -> started.put(run.owner(), new StartedJob(run.run(), code(run))));
    }

    private static @Nullable Integer code(RunView run) {
        return run.state() instanceof ContainerView.Exited(int code, _) ? code : null;
    }

    /**
     * Learns from a pass.
     *
     * @param declared jobs whose documents are there, or can't be read: others are forgotten
     */
    public void learn(Outcomes outcomes, Set<ResourceId> declared) {
        outcomes.ended()
                .filter(Outcome.Done.class::isInstance)
                .map(Outcome::change)
                .forEach(
                        change -> {
                            if (change instanceof Change.StartRun(var job, var run, _)
                                    && run.role() == RunView.Role.JOB) {
                                started.merge(
                                        job,
                                        new StartedJob(run.id(), null),
                                        (seen, now) -> seen.run().equals(now.run()) ? seen : now);
                            }
                        });
        started.keySet().retainAll(declared);
    }
}
