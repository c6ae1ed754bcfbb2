package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredRoute.ToApp;
import dev.berth.reconciler.desired.DesiredRoute.ToControl;
import dev.berth.reconciler.desired.DesiredRoute.ToHost;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns claims into routes for the edge. Used by the planner to see whether the edge is right and
 * by the executor to make it so: the same input gives the same routes.
 */
public final class RouteResolver {
    /** Long enough for most starts, short enough for most clients' patience. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private static final Duration WAKE = Duration.ofSeconds(60);

    private RouteResolver() {}

    /**
     * The routes to the ready containers of an app.
     *
     * @param serving only those of a route's process are used
     * @param network the app's network
     */
    public static List<Route> toContainers(
            ResourceId app,
            List<DesiredRoute> routes,
            List<ContainerView> serving,
            String network) {
        return each(app, routes, route -> proxy(route, serving, network));
    }

    /** The routes to a static site that lies in a directory. */
    public static List<Route> toFiles(
            ResourceId app, List<DesiredRoute> routes, String directory, boolean spa) {
        return each(app, routes, _ -> new Route.Files(directory, spa));
    }

    /** The routes of an app that can't answer, and why. */
    public static List<Route> toNothing(ResourceId app, List<DesiredRoute> routes, String because) {
        return each(app, routes, _ -> new Route.Unavailable(because));
    }

    /** The routes of an app that is away for a moment, and why. */
    public static List<Route> toPaused(ResourceId app, List<DesiredRoute> routes, String because) {
        return each(app, routes, _ -> new Route.Paused(because, PAUSE));
    }

    /** The routes of an app that the next request has started. */
    public static List<Route> toSleep(ResourceId app, List<DesiredRoute> routes) {
        return each(app, routes, _ -> new Route.Asleep(WAKE));
    }

    /** The routes of a document that no app answers: redirects, and what control does. */
    public static List<Route> toElsewhere(ResourceId owner, List<DesiredRoute> routes) {
        return routes.stream()
                .map(
                        route ->
                                new Route(
                                        route.host(),
                                        route.path(),
                                        owner,
                                        null,
                                        elsewhere(route),
                                        route.policy()))
                .toList();
    }

    /** Where the edge reaches a container; {@code null} when it has no port or no address. */
    public static @Nullable Backend backend(ContainerView container, String network) {
        ContainerTemplate template = container.template();
        Backend.Protocol protocol =
                template == null || template.protocol() == null
                        ? Backend.Protocol.Http1
                        : template.protocol();
        Integer published = container.publishedPort();
        if (published != null) {
            return new Backend(container.id().shortId(), "127.0.0.1", published, protocol);
        }
        String address = container.addresses().get(network);
        Integer port = template == null ? null : template.port();
        return address == null || port == null
                ? null
                : new Backend(container.id().shortId(), address, port, protocol);
    }

    private static List<Route> each(
            ResourceId app,
            List<DesiredRoute> routes,
            Function<DesiredRoute, Route.Target> target) {
        return routes.stream()
                .map(
                        route ->
                                new Route(
                                        route.host(),
                                        route.path(),
                                        app,
                                        app.name(),
                                        target.apply(route),
                                        route.policy()))
                .toList();
    }

    private static Route.Target elsewhere(DesiredRoute route) {
        return switch (route.destination()) {
            case ToHost(var host) -> new Route.Redirect(host);
            case ToControl() -> new Route.Control();
            case ToApp _ -> throw new IllegalArgumentException("an app answers it: " + route);
        };
    }

    private static Route.Target proxy(
            DesiredRoute route, List<ContainerView> serving, String network) {
        if (!(route.destination() instanceof ToApp(_, var process))) {
            throw new IllegalArgumentException("not a route to an app: " + route);
        }
        List<Backend> backends =
                serving.stream()
                        .filter(c -> c.process().equals(process))
                        .sorted(Comparator.comparingInt(ContainerView::slot))
                        .flatMap(c -> Stream.ofNullable(backend(c, network)))
                        .toList();
        return backends.isEmpty()
                ? new Route.Unavailable("no container of process " + process + " is ready")
                : new Route.Proxy(backends);
    }
}
