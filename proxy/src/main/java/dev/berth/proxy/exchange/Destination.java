package dev.berth.proxy.exchange;

import dev.berth.proxy.app.AppState;
import dev.berth.proxy.app.Apps;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.routing.Asked;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.Place;
import dev.berth.proxy.routing.Routed;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.routing.RoutingPath;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where one request was asked to go, the route that it has by that, and the app that counts it
 * while it is at work. Confined to the event loop.
 */
final class Destination {
    private final Router router;
    private final RandomGenerator random;
    private final Apps apps;
    private final Asked asked;
    private @Nullable Route route;
    private @Nullable AppState used;
    private @Nullable AppState lent;
    private int tableSeen;

    /** Of a request whose host is known. */
    Destination(EdgeLoop loop, RequestHead request) {
        this.router = loop.router();
        this.random = loop.random();
        this.apps = loop.apps();
        this.asked = new Asked(request.host(), RoutingPath.of(request.uri()), request.headers());
    }

    /** Its place in the table; {@code null} when no route has its host and path. */
    @Nullable Place find() {
        Place place = router.place(asked.host(), asked.path());
        route = place == null ? null : place.route();
        return place;
    }

    /** Its app counts it until {@link #leave}. */
    void enter() {
        used = apps.of(route == null ? null : route.app());
        used.activity().begun();
    }

    /** Its app counts it no more. */
    void leave() {
        if (used != null) {
            used.activity().ended();
            used = null;
        }
        lend(null);
    }

    /** The app of a canary that answers is used as well: it must not be taken for idle. */
    private void lend(@Nullable Route answering) {
        AppState app = answering == null ? null : apps.of(answering.app());
        AppState other = app == used ? null : app;
        if (other == lent) {
            return;
        }
        if (lent != null) {
            lent.activity().ended();
        }
        if (other != null) {
            other.activity().begun();
        }
        lent = other;
    }

    /**
     * Looks up by the newest table where it goes; that number is then seen.
     *
     * @return a backend in it counts the request
     */
    Routed look() {
        tableSeen = router.tables();
        return route(Set.of());
    }

    /** The same with backends that were tried already. */
    Routed route(Set<BackendLoad> tried) {
        Routed routed = router.route(asked, tried, random);
        lend(routed.route());
        return routed;
    }

    /** The number of the table by which it was last looked up. */
    int tableSeen() {
        return tableSeen;
    }

    /** What is kept of its app. */
    AppState app() {
        return used == null ? apps.of(null) : used;
    }

    /** How its route treats it. */
    Policy policy() {
        return route == null ? Policy.NONE : route.policy();
    }

    /** Its route, before canaries; {@code null} when there is none. */
    @Nullable Route route() {
        return route;
    }
}
