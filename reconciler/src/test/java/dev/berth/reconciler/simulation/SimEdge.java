package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The world's edge as one control process reaches it. */
final class SimEdge implements TrafficSwitch {
    private final Rim rim;
    private final FakeTraffic edge;

    SimEdge(Rim rim, FakeTraffic edge) {
        this.rim = rim;
        this.edge = edge;
    }

    @Override
    public ServedRoutes served() {
        return rim.look(Call.other("SERVED", ""), edge::served);
    }

    @Override
    public void replaceRoutes(ResourceId owner, List<Route> routes, Duration deadline)
            throws ReconcileException {
        rim.call(
                Call.other("ROUTES", owner.toString()),
                () -> {
                    edge.replaceRoutes(owner, routes, deadline);
                    return true;
                });
    }

    @Override
    public void believe(FrontProxies proxies, Duration deadline) throws ReconcileException {
        rim.call(
                Call.other("BELIEVE", ""),
                () -> {
                    edge.believe(proxies, deadline);
                    return true;
                });
    }

    @Override
    public String awaitReady(Probe probe, Duration deadline, LivenessCheck stillAlive)
            throws ReconcileException {
        return rim.call(
                Call.other("PROBE", probe.backend().container()),
                () -> edge.awaitReady(probe, deadline, stillAlive));
    }

    @Override
    public boolean awaitDrained(Set<Backend> backends, boolean streamsToo, Duration deadline)
            throws ReconcileException {
        return rim.call(
                Call.other("DRAINED", ""), () -> edge.awaitDrained(backends, streamsToo, deadline));
    }

    @Override
    public boolean confirmed() {
        return rim.look(Call.other("CONFIRMED", ""), edge::confirmed);
    }
}
