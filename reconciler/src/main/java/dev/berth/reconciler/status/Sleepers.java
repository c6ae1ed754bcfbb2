package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.edge.Route;
import java.util.List;

/** Which apps sleep after a pass. Pure. */
final class Sleepers {
    private Sleepers() {}

    /** True when the app was put to sleep by the pass, or slept before and was left alone. */
    static boolean sleeps(PassInput pass, DesiredApp app) {
        if (app.sleepAfter() == null) {
            return false;
        }
        List<Change> own =
                pass.plan().changes().stream()
                        .filter(change -> change.resource().equals(app.id()))
                        .toList();
        boolean put =
                own.stream()
                        .anyMatch(
                                change ->
                                        change instanceof Change.SwitchTraffic point
                                                && point.to() instanceof Change.ToSleep);
        boolean started = own.stream().anyMatch(change -> change instanceof Change.StartRelease);
        return put || (!started && slept(pass, app));
    }

    private static boolean slept(PassInput pass, DesiredApp app) {
        if (!(pass.live() instanceof Observation.Known(LiveState live))
                || !(live.routes() instanceof ServedRoutes.Table(var table, _))) {
            return false;
        }
        List<Route> routes = table.ownedBy(app.id());
        return !routes.isEmpty()
                && routes.stream().allMatch(route -> route.target() instanceof Route.Asleep);
    }
}
