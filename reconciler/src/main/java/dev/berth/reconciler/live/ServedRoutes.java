package dev.berth.reconciler.live;

import dev.berth.schemas.edge.RouteTable;

/** What the edge serves. */
public sealed interface ServedRoutes {
    /** The edge told us. */
    record Table(RouteTable routes, EdgeActivity activity) implements ServedRoutes {
        /** Of whose use nothing is known. */
        public Table(RouteTable routes) {
            this(routes, EdgeActivity.NONE);
        }
    }

    /** No edge has reported yet; it may be serving anything. */
    record NotKnown(String cause) implements ServedRoutes {}
}
