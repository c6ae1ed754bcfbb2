package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToContainers;
import dev.berth.reconciler.plan.Change.ToNothing;
import dev.berth.reconciler.plan.Change.ToPaused;
import dev.berth.schemas.edge.Route;
import java.util.List;

/** Where the routes of an app are to lead; nothing where they lead there. Pure. */
record Pointing(AppAtHand at) {
    private static final String RESTARTING = "being replaced by a new release";

    /**
     * A host that nobody serves answers "starting" rather than "unknown" while the first release
     * starts, and if that fails. A host that is another app's until now is left to it.
     */
    List<Change> announce(List<Reason> why) {
        List<DesiredRoute> unserved =
                at.routes().stream()
                        .filter(route -> !Served.byAnybody(at.live().routes(), route))
                        .toList();
        return unserved.isEmpty()
                ? List.of()
                : List.of(
                        new SwitchTraffic(
                                at.app().id(),
                                unserved,
                                new ToNothing("its first release is being started"),
                                why));
    }

    /**
     * Once what is started has proven itself.
     *
     * @param pointedAway nothing leads to the app meanwhile
     */
    List<Change> afterStart(
            SlotMatch match,
            List<ContainerView> serving,
            List<ContainerView> unproven,
            boolean pointedAway,
            List<Reason> why) {
        boolean newBackends =
                unproven.stream().anyMatch(c -> at.routed().contains(c.process()))
                        || match.starts().stream().anyMatch(s -> at.routed().contains(s.process()));
        if (newBackends || pointedAway) {
            return List.of(
                    new SwitchTraffic(
                            at.app().id(), at.routes(), new ToContainers(serving, true), why));
        }
        return at(serving);
    }

    /** To those of the containers that requests can get to. */
    List<Change> at(List<ContainerView> serving) {
        return unlessServed(
                RouteResolver.toContainers(at.app().id(), at.routes(), serving, at.network()),
                new ToContainers(serving, false));
    }

    List<Change> at(ToNothing nothing, List<Reason> why) {
        return unlessServed(
                RouteResolver.toNothing(at.app().id(), at.routes(), nothing.because()),
                nothing,
                why);
    }

    List<Change> pause(List<Reason> why) {
        return unlessServed(
                RouteResolver.toPaused(at.app().id(), at.routes(), RESTARTING),
                new ToPaused(RESTARTING),
                why);
    }

    /** To what is meant by a target, for what is different. */
    List<Change> unlessServed(List<Route> expected, Change.Target to) {
        return unlessServed(expected, to, at.served().difference(expected));
    }

    List<Change> unlessServed(List<Route> expected, Change.Target to, List<Reason> why) {
        return at.served().difference(expected).isEmpty()
                ? List.of()
                : List.of(new SwitchTraffic(at.app().id(), at.routes(), to, why));
    }
}
