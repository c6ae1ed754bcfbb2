package dev.berth.reconciler.live;

import dev.berth.schemas.edge.RouteTable;

/** What the edge serves. */
public sealed interface ServedRoutes {
    /** The edge told us. */
    record Table(RouteTable routes) implements ServedRoutes {}

    /** No edge has reported yet; it may be serving anything. */
    record NotKnown(String cause) implements ServedRoutes {}
}
