package dev.berth.schemas.edge;

import java.util.List;

/**
 * All that the edge should do now.
 *
 * @param version grows with every change, also across restarts of control (epoch milliseconds, at
 *     least one more than the last)
 * @param probes what to probe, besides serving the routes
 */
public record Snapshot(long version, RouteTable routes, List<Probe> probes) {
    public Snapshot {
        probes = List.copyOf(probes);
    }
}
