package dev.berth.proxy.exchange;

import dev.berth.proxy.app.AppState;
import dev.berth.proxy.app.Apps;
import dev.berth.proxy.guard.RouteGuards;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.routing.Asked;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.Place;
import dev.berth.proxy.routing.Routed;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.routing.Way;
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
    private final PathPrefix prefix;
    private @Nullable Place place;
    private @Nullable AppState used;
    private @Nullable Route answering;
    private int tableSeen;
    private RouteGuards passed = RouteGuards.NONE;

    /** Of a request whose host is known. */
    Destination(EdgeLoop loop, RequestHead request) {
        this.router = loop.router();
        this.random = loop.random();
        this.apps = loop.apps();
        this.asked = Asked.of(request.host(), request.uri(), request.headers());
        this.prefix = new PathPrefix(request, asked);
    }

    /**
     * Its place in the table; {@code null} when no route has its host and path. The request is then
     * written as it is forwarded from there.
     */
    @Nullable Place find() {
        Place found = router.place(asked);
        follow(found);
        return found;
    }

    private void follow(@Nullable Place found) {
        place = found;
        prefix.follow(route());
    }

    /** What its route takes off its path. */
    PathPrefix prefix() {
        return prefix;
    }

    /** The guards of a place that were not asked yet, or not with these rules. */
    RouteGuards unasked(Place found) {
        return found.guards().beyond(passed);
    }

    /** The guards of a place let it in. */
    void passed(Place found) {
        passed = found.guards();
    }

    /**
     * Whether it may go where it was last looked up: all guards of that place have let it in, and
     * its path fits.
     */
    boolean admitted() {
        return place == null || (unasked(place).isEmpty() && prefix.fits());
    }

    /**
     * The app of the route that answers counts it until {@link #leave}, and no other: with a canary
     * that is not the app of its own route.
     */
    void enter(Route newest) {
        answering = newest;
        AppState app = apps.of(newest.app());
        if (app != used) {
            app.activity().begun();
            leave();
            used = app;
        }
    }

    /** Its app counts it no more. */
    void leave() {
        if (used != null) {
            used.activity().ended();
            used = null;
        }
    }

    /**
     * Looks up by the newest table where it goes; that number is then seen. Its place is the one of
     * that look-up, which need not have {@linkplain #admitted admitted} it.
     *
     * @return a backend in it counts the request
     */
    Routed look() {
        tableSeen = router.tables();
        return route(Set.of());
    }

    /** The same with backends that were tried already. */
    Routed route(Set<BackendLoad> tried) {
        Way way = router.route(asked, tried, random);
        follow(way.place());
        return way.to();
    }

    /** The number of the table by which it was last looked up. */
    int tableSeen() {
        return tableSeen;
    }

    /** What is kept of the app that answers it, or that it waits for. */
    AppState app() {
        return used == null ? apps.of(null) : used;
    }

    /** The name of that app; empty when it is no app's. */
    String appName() {
        String name = answering == null ? null : answering.app();
        return name == null ? "" : name;
    }

    /** How its route treats it. */
    Policy policy() {
        return place == null ? Policy.NONE : place.route().policy();
    }

    /** Its route, before canaries; {@code null} when there is none. */
    @Nullable Route route() {
        return place == null ? null : place.route();
    }
}
