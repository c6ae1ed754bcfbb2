package dev.berth.reconciler.live;

import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.RouteTable;
import java.util.Set;
import java.util.stream.Collectors;

/** What the edge serves. */
public sealed interface ServedRoutes {
    /** Short ids of the containers that get requests; empty when that is not known. */
    default Set<String> inTraffic() {
        return switch (this) {
            case NotKnown _ -> Set.of();
            case Table(var table, _) ->
                    table.routes().stream()
                            .flatMap(route -> route.backends().stream())
                            .map(Backend::container)
                            .collect(Collectors.toUnmodifiableSet());
        };
    }

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
