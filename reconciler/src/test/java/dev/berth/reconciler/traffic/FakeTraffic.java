package dev.berth.reconciler.traffic;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An edge in memory: takes every table at once, and probes as it is told. Thread-safe. */
public final class FakeTraffic implements TrafficSwitch {
    private final Clockwork clock;
    private boolean patient;
    private RouteTable table = RouteTable.EMPTY;
    private boolean connected = true;
    private Set<String> streaming = Set.of();
    private Set<String> answering = Set.of();
    private Map<String, Duration> idle = Map.of();
    private Set<String> wake = Set.of();
    private Function<Probe, Optional<String>> verdict = _ -> Optional.empty();
    private final List<RouteTable> history = new ArrayList<>();

    /** An edge on the machine's time. */
    public FakeTraffic() {
        this(Clockwork.system());
    }

    public FakeTraffic(Clockwork clock) {
        this.clock = clock;
    }

    /** A message for a probe fails it; empty passes it. */
    public synchronized void verdict(Function<Probe, Optional<String>> newVerdict) {
        verdict = newVerdict;
    }

    /**
     * What a probe finds each time it is made, until it passes twice in a row or the deadline is
     * over; as the real edge does, and in the clock's time.
     */
    public synchronized void answers(Function<Probe, Optional<String>> newVerdict) {
        verdict = newVerdict;
        patient = true;
    }

    public synchronized void connected(boolean now) {
        connected = now;
    }

    public synchronized boolean isConnected() {
        return connected;
    }

    /** These containers, by short id, have open streams from now on, and no others. */
    public synchronized void streaming(Set<String> containers) {
        streaming = Set.copyOf(containers);
    }

    /** These containers, by short id, have other requests from now on, and no others. */
    public synchronized void answering(Set<String> containers) {
        answering = Set.copyOf(containers);
    }

    private static Map<String, Integer> ones(Set<String> containers) {
        return containers.stream().collect(Collectors.toMap(container -> container, _ -> 1));
    }

    private Set<String> busy() {
        Set<String> busy = new HashSet<>(streaming);
        busy.addAll(answering);
        return busy;
    }

    /** No request has come for this app for so long. */
    public synchronized void idle(String app, Duration time) {
        idle = Map.of(app, time);
    }

    /** A request came for these sleeping apps. */
    public synchronized void wake(Set<String> apps) {
        wake = Set.copyOf(apps);
    }

    /** Forgets its routes, as an edge with an empty disk does. */
    public synchronized void forget() {
        table = RouteTable.EMPTY;
    }

    public synchronized RouteTable table() {
        return table;
    }

    /** Every table that was ever served, oldest first. */
    public synchronized List<RouteTable> history() {
        return List.copyOf(history);
    }

    @Override
    public synchronized ServedRoutes served() {
        return connected
                ? new ServedRoutes.Table(
                        table, new EdgeActivity(ones(busy()), ones(streaming), idle, wake))
                : new ServedRoutes.NotKnown("the edge is not connected");
    }

    @Override
    public synchronized void replaceRoutes(ResourceId owner, List<Route> routes, Duration deadline)
            throws ReconcileException {
        requireEdge();
        table = table.with(owner, routes);
        history.add(table);
    }

    @Override
    public synchronized void believe(FrontProxies proxies, Duration deadline)
            throws ReconcileException {
        requireEdge();
        table = table.behind(proxies);
        history.add(table);
    }

    @Override
    public String awaitReady(Probe probe, Duration deadline, LivenessCheck stillAlive)
            throws ReconcileException {
        Deadline end = Deadline.in(deadline, clock);
        int passes = 0;
        while (true) {
            Optional<String> failure = probed(probe);
            stillAlive.check();
            passes = failure.isEmpty() ? passes + 1 : 0;
            if (passes == 2 || (passes == 1 && !patient())) {
                return "HTTP 200";
            }
            if (failure.isPresent() && (!patient() || end.over(clock))) {
                throw new ReconcileException.Stalled(ReasonCode.HealthCheckFailed, failure.get());
            }
            pause(probe.interval());
        }
    }

    private synchronized Optional<String> probed(Probe probe) throws ReconcileException {
        requireEdge();
        return verdict.apply(probe);
    }

    private synchronized boolean patient() {
        return patient;
    }

    private void pause(Duration time) throws ReconcileException {
        try {
            clock.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "interrupted");
        }
    }

    @Override
    public boolean awaitDrained(Set<Backend> backends, boolean streamsToo, Duration deadline)
            throws ReconcileException {
        if (drained(backends, streamsToo)) {
            return true;
        }
        if (patient()) {
            pause(deadline);
        }
        return drained(backends, streamsToo);
    }

    private synchronized boolean drained(Set<Backend> backends, boolean streamsToo) {
        Set<String> counted = streamsToo ? busy() : answering;
        return backends.stream().noneMatch(b -> counted.contains(b.container()));
    }

    @Override
    public boolean confirmed() {
        return true;
    }

    private void requireEdge() throws ReconcileException {
        if (!connected) {
            throw new ReconcileException.Transient(
                    ReasonCode.EdgeUnavailable, "the edge is not connected");
        }
    }
}
