package dev.berth.reconciler.converge;

import dev.berth.reconciler.converge.Outcome.Failed;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Wanted;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.stream.Stream;

/**
 * Work for a resource that has ended.
 *
 * @param pass the number of the pass that began it
 * @param commit what that pass followed
 * @param wanted what it led to
 * @param outcomes one for each of its changes
 */
public record Ended(
        long pass, Commit commit, ResourceId resource, Wanted wanted, List<Outcome> outcomes) {
    public Ended {
        outcomes = List.copyOf(outcomes);
    }

    /** The generation that it led to; empty for what has none. */
    String generation() {
        return wanted.generation();
    }

    /** What it failed at; empty when it did not, or was only given up. */
    Stream<Failed> failure() {
        return outcomes.stream()
                .filter(Failed.class::isInstance)
                .map(Failed.class::cast)
                .filter(failed -> failed.reason() != ReasonCode.Superseded);
    }

    /** True when other work would lead to the same, and try again what this one failed at. */
    boolean failedAt(Wanted other, List<Change> changes) {
        return wanted.equals(other)
                && failure()
                        .anyMatch(
                                failed ->
                                        changes.stream().anyMatch(c -> tries(c, failed.change())));
    }

    private static boolean tries(Change change, Change failed) {
        return switch (failed) {
            case Change.StartRelease start ->
                    change instanceof Change.StartRelease other
                            && other.release().id().equals(start.release().id());
            case Change.SwitchTraffic point ->
                    change instanceof Change.SwitchTraffic other
                            && other.to().getClass().equals(point.to().getClass());
            case Change.RunReleaseCommand run ->
                    change instanceof Change.RunReleaseCommand other
                            && other.release().equals(run.release());
            case Change.StartRun start ->
                    change instanceof Change.StartRun other
                            && other.run().id().equals(start.run().id());
            case Change.PublishSite _,
                    Change.BelieveProxies _,
                    Change.RetireContainers _,
                    Change.StopRun _,
                    Change.RemoveRuns _,
                    Change.RemoveResource _,
                    Change.RemoveVolume _,
                    Change.StopForeign _,
                    Change.Blocked _ ->
                    change.getClass().equals(failed.getClass());
        };
    }
}
