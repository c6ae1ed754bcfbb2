package dev.berth.reconciler.traffic;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The edge, as the reconciler needs it. Thread-safe. */
public interface TrafficSwitch {
    /** What the edge serves now. */
    ServedRoutes served();

    /**
     * Replaces an owner's routes in one step and returns once the edge serves them. Waits until an
     * earlier call, also another owner's, was answered.
     *
     * @throws ReconcileException.Transient with reason {@code EdgeUnavailable} if no edge is
     *     connected, or it does not answer in time; if it was asked, the routes stay published and
     *     take effect when it does
     * @throws ReconcileException.Stalled with reason {@code SwitchFailed} and the edge's reason if
     *     it refuses them; the old ones serve on
     */
    void replaceRoutes(ResourceId owner, List<Route> routes, Duration deadline)
            throws ReconcileException;

    /**
     * Replaces the proxies before the edge that it believes, and returns once it does.
     *
     * @throws ReconcileException as {@link #replaceRoutes}
     */
    void believe(FrontProxies proxies, Duration deadline) throws ReconcileException;

    /**
     * Has the edge probe a backend until it passes twice in a row.
     *
     * @param stillAlive asked between waits; a message ends the wait: the container is gone
     * @return the passing answer
     * @throws ReconcileException.Stalled with reason {@code HealthCheckFailed} and the last answer
     *     at the deadline, or with the message of {@code stillAlive}
     * @throws ReconcileException.Transient with reason {@code EdgeUnavailable} if no edge probes
     */
    String awaitReady(Probe probe, Duration deadline, LivenessCheck stillAlive)
            throws ReconcileException;

    /**
     * Waits until no request is in flight to any of the backends.
     *
     * @param streamsToo whether upgraded connections and event streams count as well
     * @return true when none is, or no edge is connected that could send any; false when the
     *     deadline passed first
     * @throws ReconcileException.Waiting if the waiting thread is interrupted
     */
    boolean awaitDrained(Set<Backend> backends, boolean streamsToo, Duration deadline)
            throws ReconcileException;

    /** False while a connected edge has not taken the newest routes: it may still send requests. */
    boolean confirmed();

    /** Tells why waiting is pointless. */
    @FunctionalInterface
    interface LivenessCheck {
        /**
         * Looks at the container.
         *
         * @throws ReconcileException.Stalled when the container is gone
         */
        void check() throws ReconcileException;
    }
}
