package dev.berth.reconciler.status;

import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.PolicyText;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.TrafficStatus;
import dev.berth.schemas.status.TrafficStatus.RouteStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** How each app is served, from what the edge reported last. Thread-safe. */
public final class EdgeTraffic implements AppTraffic {
    private final Supplier<ServedRoutes> edge;

    /**
     * Asks anew each time.
     *
     * @param edge what it serves; thread-safe
     */
    public EdgeTraffic(Supplier<ServedRoutes> edge) {
        this.edge = edge;
    }

    @Override
    public TrafficStatus of(ResourceId app) {
        return switch (edge.get()) {
            case ServedRoutes.NotKnown _ -> TrafficStatus.UNKNOWN;
            case ServedRoutes.Table(var table, var activity) ->
                    of(app, table.ownedBy(app), activity);
        };
    }

    private static TrafficStatus of(ResourceId app, List<Route> routes, EdgeActivity activity) {
        List<String> containers =
                routes.stream()
                        .flatMap(route -> route.backends().stream())
                        .map(Backend::container)
                        .distinct()
                        .toList();
        Duration idle = activity.idle().get(app.name());
        return new TrafficStatus(
                true,
                idle == null ? null : idle.toSeconds(),
                containers.stream().mapToInt(c -> activity.requests().getOrDefault(c, 0)).sum(),
                containers.stream().mapToInt(c -> activity.streams().getOrDefault(c, 0)).sum(),
                activity.wake().contains(app.name()),
                routes.stream()
                        .sorted(Comparator.comparing(Route::host).thenComparing(Route::path))
                        .map(EdgeTraffic::of)
                        .toList());
    }

    private static RouteStatus of(Route route) {
        return new RouteStatus(
                route.host() + (route.path().equals("/") ? "" : route.path()),
                words(route.target()),
                route.target() instanceof Route.Asleep,
                PolicyText.of(route.policy()));
    }

    private static String words(Route.Target target) {
        return switch (target) {
            case Route.Proxy(var backends) when backends.size() == 1 -> "1 container";
            case Route.Proxy(var backends) -> backends.size() + " containers";
            case Route.Files(_, var spa) -> spa ? "files (spa)" : "files";
            case Route.Redirect(var host) -> "redirect to " + host;
            case Route.Unavailable(var because) -> "503: " + because;
            case Route.Paused(var because, _) -> "requests are held: " + because;
            case Route.Asleep _ -> "asleep; the next request starts it";
            case Route.Control() -> "control";
        };
    }
}
