package dev.berth.proxy.testing;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.util.List;

/** Short ways to write routes. */
public final class Routes {
    private Routes() {}

    public static Route proxy(String host, Backend... backends) {
        return proxyAt(host, "/", backends);
    }

    public static Route proxyAt(String host, String path, Backend... backends) {
        return route(host, path, new Route.Proxy(List.of(backends)));
    }

    public static Route route(String host, String path, Route.Target target) {
        String app = host.substring(0, host.indexOf('.'));
        return new Route(host, path, ResourceId.app(app), app, target);
    }

    public static Snapshot snapshot(long version, Route... routes) {
        return new Snapshot(version, new RouteTable(List.of(routes)), List.<Probe>of());
    }
}
