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
 * @param challenges of certificate authorities, answered before anything else
 */
public record Snapshot(
        long version,
        RouteTable routes,
        List<Probe> probes,
        List<Certificate> certificates,
        List<Challenge> challenges) {
    public Snapshot {
        Objects.requireNonNull(routes, "routes");
        probes = List.copyOf(probes);
        // Snapshots on disk may be older than these fields.
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
        challenges = challenges == null ? List.of() : List.copyOf(challenges);
    }

    /** Without challenges. */
    public Snapshot(
            long version, RouteTable routes, List<Probe> probes, List<Certificate> certificates) {
        this(version, routes, probes, certificates, List.of());
    }

    /** Without certificates. */
    public Snapshot(long version, RouteTable routes, List<Probe> probes) {
        this(version, routes, probes, List.of());
    }
}
