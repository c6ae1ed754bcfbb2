package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredRoutes;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the edge serves of one resource. When the edge is not known, nothing counts as served and
 * every difference is one: the switch that follows waits for the edge and harms nothing.
 *
 * @param known false when the edge has not said
 * @param containers short ids of containers in traffic
 * @param activity what of the instance is used
 */
record Served(boolean known, List<Route> routes, Set<String> containers, EdgeActivity activity) {

    /**
     * What is served of an owner.
     *
     * @param claims all that is desired; a route that now belongs to somebody else is not counted,
     *     because the new owner takes it over when it is ready, without a gap
     */
    static Served of(ServedRoutes served, ResourceId owner, DesiredRoutes claims) {
        return switch (served) {
            case ServedRoutes.NotKnown _ ->
                    new Served(false, List.of(), Set.of(), EdgeActivity.NONE);
            case ServedRoutes.Table(var table, var activity) ->
                    of(
                            activity,
                            table.ownedBy(owner).stream()
                                    .filter(route -> !movesAway(route, owner, claims))
                                    .toList());
        };
    }

    private static boolean movesAway(Route route, ResourceId owner, DesiredRoutes claims) {
        DesiredRoute claim = claims.at(route.host(), route.path());
        return claim != null && !claim.server().equals(owner);
    }

    private static Served of(EdgeActivity activity, List<Route> routes) {
        return new Served(
                true,
                routes,
                routes.stream()
                        .flatMap(route -> route.backends().stream())
                        .map(Backend::container)
                        .collect(Collectors.toUnmodifiableSet()),
                activity);
    }

    /** True when some resource's route answers the claimed place now. */
    static boolean byAnybody(ServedRoutes served, DesiredRoute claim) {
        return switch (served) {
            case ServedRoutes.NotKnown _ -> false;
            case ServedRoutes.Table(var table, _) ->
                    table.routes().stream()
                            .anyMatch(
                                    route ->
                                            route.host().equals(claim.host())
                                                    && route.path().equals(claim.path()));
        };
    }

    /** True when the edge is known not to know it at all. */
    boolean nothing() {
        return known && routes.isEmpty();
    }

    /** True when every route waits for a request to have the resource started. */
    boolean asleep() {
        return !routes.isEmpty()
                && routes.stream().allMatch(r -> r.target() instanceof Route.Asleep);
    }

    /** True when files are served, whatever the app is to be now. */
    boolean files() {
        return !routes.isEmpty()
                && routes.stream().allMatch(r -> r.target() instanceof Route.Files);
    }

    boolean has(ContainerView container) {
        return containers.contains(container.id().shortId());
    }

    /** True when the container has open streams, which the edge ends in their own time. */
    boolean streams(ContainerView container) {
        return activity.streaming().contains(container.id().shortId());
    }

    /** Why the routes are not yet as expected; empty when they are. */
    List<Reason> difference(List<Route> expected) {
        if (!known) {
            return expected.isEmpty()
                    ? List.of()
                    : List.of(new Held("the edge has not said what it serves"));
        }
        return RouteDiff.between(routes, expected);
    }
}
