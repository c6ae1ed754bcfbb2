package dev.berth.proxy.routing;

import dev.berth.proxy.files.Site;
import dev.berth.schemas.edge.Route;
import java.time.Duration;

/** What a host and path lead to. */
public sealed interface Routed {
    /** No route has this host and path. */
    record Nowhere() implements Routed {}

    /** A backend that already counts the request; {@link BackendLoad#leave} must follow. */
    record Claimed(Route route, BackendLoad backend) implements Routed {}

    /** The app has no backend, or none that was not tried yet. */
    record NoBackend(Route route) implements Routed {}

    /** A static site. */
    record Files(Route route, Site site) implements Routed {}

    /** Another host. */
    record Elsewhere(Route route, String host) implements Routed {}

    /** An app that is away for a moment: hold the request for at most that long. */
    record Paused(Route route, String reason, Duration hold) implements Routed {}

    /** An app that sleeps: have it woken and hold the request for at most that long. */
    record Asleep(Route route, Duration hold) implements Routed {}

    /** An app that answers nothing now, and why. */
    record Unavailable(Route route, String reason) implements Routed {}
}
