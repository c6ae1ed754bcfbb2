package dev.berth.schemas.edge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that the edge should do now.
 *
 * @param version grows with every change, also across restarts of control (epoch milliseconds, at
 *     least one more than the last)
 * @param probes what to probe, besides serving the routes
 * @param certificates for the hosts that have one; the edge serves the others with one of its own,
 *     which no client trusts
 * @param challenges of certificate authorities, answered before anything else
 * @param keepsOthers whether the edge goes on with the certificates that it has for names that none
 *     of these is for: control can't tell yet which there are. Never so on disk
 */
public record Snapshot(
        long version,
        RouteTable routes,
        List<Probe> probes,
        List<Certificate> certificates,
        List<Challenge> challenges,
        boolean keepsOthers) {
    public Snapshot {
        Objects.requireNonNull(routes, "routes");
        probes = List.copyOf(probes);
        // Snapshots on disk may be older than these fields.
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
        challenges = challenges == null ? List.of() : List.copyOf(challenges);
    }

    /** With all certificates that there are. */
    public Snapshot(
            long version,
            RouteTable routes,
            List<Probe> probes,
            List<Certificate> certificates,
            List<Challenge> challenges) {
        this(version, routes, probes, certificates, challenges, false);
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

    /**
     * The same with all certificates that there are then.
     *
     * @param before what the edge serves; {@code null} = nothing
     */
    public Snapshot after(@Nullable Snapshot before) {
        if (!keepsOthers) {
            return this;
        }
        List<Certificate> all = new ArrayList<>(certificates);
        Set<String> taken = new HashSet<>();
        certificates.forEach(each -> taken.addAll(each.names()));
        for (Certificate each : before == null ? List.<Certificate>of() : before.certificates()) {
            List<String> names = each.names().stream().filter(taken::add).toList();
            if (!names.isEmpty()) {
                all.add(new Certificate(names, each.chain(), each.key()));
            }
        }
        return new Snapshot(version, routes, probes, all, challenges);
    }
}
