package dev.berth.schemas.edge;

import java.util.List;
import java.util.Objects;

/**
 * All that the edge should do now.
 *
 * @param version grows with every change, also across restarts of control (epoch milliseconds, at
 *     least one more than the last)
 * @param probes what to probe, besides serving the routes
 * @param certificates for the hosts that have one; the edge serves the others with one of its own,
 *     which no client trusts
 */
public record Snapshot(
        long version, RouteTable routes, List<Probe> probes, List<Certificate> certificates) {
    public Snapshot {
        Objects.requireNonNull(routes, "routes");
        probes = List.copyOf(probes);
        // Snapshots on disk may be older than the field.
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
    }

    /** Without certificates. */
    public Snapshot(long version, RouteTable routes, List<Probe> probes) {
        this(version, routes, probes, List.of());
    }
}
