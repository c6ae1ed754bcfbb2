package dev.berth.proxy.routing;

import dev.berth.proxy.guard.RouteGuards;
import dev.berth.schemas.edge.Route;

/** A route as far as it matters before its target does. */
public record Place(Route route, RouteGuards guards) {}
