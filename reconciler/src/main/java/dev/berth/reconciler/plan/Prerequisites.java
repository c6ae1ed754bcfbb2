package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.live.RunView;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What apps depend on: in which order they are planned, and whether what one needs is ready. Ready
 * is what has nothing to be done that leads to what it should serve; a sleeping app is. Confined to
 * the planning of one pass.
 */
final class Prerequisites {
    private final DesiredState.Known desired;
    private final LiveState live;
    private final Map<ResourceId, List<Change>> planned = new HashMap<>();

    Prerequisites(DesiredState.Known desired, LiveState live) {
        this.desired = desired;
        this.live = live;
    }

    /** All apps, each after those it depends on, else by name. */
    List<DesiredApp> order() {
        Set<DesiredApp> order = new LinkedHashSet<>();
        desired.apps().values().forEach(app -> visit(app, order, new ArrayList<>()));
        return List.copyOf(order);
    }

    private void visit(DesiredApp app, Set<DesiredApp> order, List<ResourceId> above) {
        if (above.contains(app.id())) { // the loader lets no circle through, but ends must be sure
            return;
        }
        above.add(app.id());
        for (ResourceId id : app.dependsOn()) {
            DesiredApp other = desired.apps().get(id);
            if (other != null && !order.contains(other)) {
                visit(other, order, above);
            }
        }
        above.removeLast();
        order.add(app);
    }

    /** What is to be done for an app; said of each before its dependants ask. */
    void planned(ResourceId app, List<Change> changes) {
        planned.put(app, changes);
    }

    /** What keeps the app waiting, for people; {@code null} when all it depends on is ready. */
    @Nullable String missing(DesiredApp app) {
        for (ResourceId id : app.dependsOn()) {
            String why = notReady(id);
            if (why != null) {
                return "waits for %s, which %s".formatted(id, why);
            }
        }
        return null;
    }

    private @Nullable String notReady(ResourceId id) {
        DesiredJob job = desired.jobs().get(id);
        if (job != null) {
            RunView run = JobPlanner.mine(job, live.runsOf(id));
            StartedJob gone = run == null ? live.startedJobs().get(id) : null;
            if (gone != null && gone.run().equals(job.run().text())) {
                return gone.succeeded() ? null : "has failed";
            }
            return run == null || !run.ended()
                    ? "has not ended"
                    : run.succeeded() ? null : "has failed";
        }
        DesiredApp app = desired.apps().get(id);
        if (app == null) {
            return desired.held().contains(id) ? "has no right document" : "is not declared";
        }
        if (app.suspended()) {
            return "is suspended";
        }
        if (app.isBack()) {
            return "went back to an earlier release";
        }
        List<Change> changes = planned.get(id);
        return changes == null || changes.stream().anyMatch(Prerequisites::leadsToReady)
                ? "is not ready"
                : null;
    }

    private static boolean leadsToReady(Change change) {
        return switch (change) {
            case Change.StartRelease _,
                    Change.RunReleaseCommand _,
                    Change.PublishSite _,
                    Change.Blocked _ ->
                    true;
            case Change.SwitchTraffic point -> !(point.to() instanceof Change.ToSleep);
            case Change.BelieveProxies _,
                    Change.RetireContainers _,
                    Change.RemoveResource _,
                    Change.StartRun _,
                    Change.StopRun _,
                    Change.RemoveRuns _,
                    Change.StopForeign _,
                    Change.RemoveVolume _ ->
                    false;
        };
    }
}
