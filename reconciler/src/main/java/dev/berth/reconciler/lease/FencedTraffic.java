package dev.berth.reconciler.lease;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** An edge whose routes change only while this Berth may write. Thread-safe. */
public final class FencedTraffic implements TrafficSwitch {
    private final TrafficSwitch traffic;
    private final Writership writership;

    public FencedTraffic(TrafficSwitch traffic, Writership writership) {
        this.traffic = traffic;
        this.writership = writership;
    }

    @Override
    public ServedRoutes served() {
        return traffic.served();
    }

    @Override
    public void replaceRoutes(ResourceId owner, List<Route> routes, Duration deadline)
            throws ReconcileException {
        writership.check();
        traffic.replaceRoutes(owner, routes, deadline);
    }

    @Override
    public void believe(FrontProxies proxies, Duration deadline) throws ReconcileException {
        writership.check();
        traffic.believe(proxies, deadline);
    }

    @Override
    public String awaitReady(Probe probe, Duration deadline, LivenessCheck stillAlive)
            throws ReconcileException {
        return traffic.awaitReady(probe, deadline, stillAlive);
    }

    @Override
    public boolean awaitDrained(Set<Backend> backends, boolean streamsToo, Duration deadline)
            throws ReconcileException {
        return traffic.awaitDrained(backends, streamsToo, deadline);
    }

    @Override
    public boolean confirmed() {
        return traffic.confirmed();
    }
}
