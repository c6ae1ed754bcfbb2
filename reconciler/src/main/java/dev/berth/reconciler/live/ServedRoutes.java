package dev.berth.reconciler.live;

import dev.berth.schemas.edge.RouteTable;
import java.util.Set;

/** What the edge serves. */
public sealed interface ServedRoutes {
    /**
     * The edge told us.
     *
     * @param streaming short ids of containers with upgraded connections or event streams, routed
     *     or not
     */
    record Table(RouteTable routes, Set<String> streaming) implements ServedRoutes {
        public Table {
            streaming = Set.copyOf(streaming);
        }

        /** Nothing streams. */
        public Table(RouteTable routes) {
            this(routes, Set.of());
        }
    }

    /** No edge has reported yet; it may be serving anything. */
    record NotKnown(String cause) implements ServedRoutes {}
}
