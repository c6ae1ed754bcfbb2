package dev.berth.schemas.edge;

import java.util.List;
import java.util.Objects;

/**
 * All that the edge should do now.
 *
 * @param version grows with every change, also across restarts of control (epoch milliseconds, at
 *     least one more than the last)
 * @param probes what to probe, besides serving the routes
 */
public record Snapshot(long version, RouteTable routes, List<Probe> probes) {
    public Snapshot {
        Objects.requireNonNull(routes, "routes");
        probes = List.copyOf(probes);
    }
}
