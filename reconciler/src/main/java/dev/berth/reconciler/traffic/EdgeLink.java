package dev.berth.reconciler.traffic;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.EdgeReport.ProbeResult;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The control side of the link to the edge: keeps the snapshot that the edge should have and what
 * the edge said last. Both directions are state of the world, so nothing is lost when either side
 * restarts:
 *
 * <ol>
 *   <li>Nothing is published until an edge has told which routes it serves; those are the first
 *       table. A restarted control therefore never takes a route away that it merely forgot.
 *       Certificates no edge tells, so it is told to keep those that it has until {@link #serve}
 *       was called.
 *   <li>A change of routes or probes publishes a new version; the edge's report of that version is
 *       the ACK, a rejection of it the NACK.
 *   <li>One change of routes is unanswered at a time, so that a NACK is always about it, however
 *       late it comes, and brings back the table before it. Probes, certificates and challenges
 *       need no such order: what they are made of was checked before it came here, so that no edge
 *       refuses it.
 * </ol>
 *
 * <p>Thread-safe: one lock guards all state, one condition wakes all who wait.
 */
public final class EdgeLink implements TrafficSwitch, EdgeCertificates {
    /** An edge reports at least every 5 s; after this long without a report it is gone. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final long SLICE = TimeUnit.SECONDS.toNanos(1);
    private static final int PASSES_NEEDED = 2;
    private static final Duration PROBE_CHECK = Duration.ofMillis(250);
    private static final String NO_EDGE = "the edge is not connected; is it running?";

    private final Clockwork clock;
    private final Runnable onConnected;
    private final Consumer<String> onWake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private long version;
    private @Nullable RouteTable table;
    private long routesVersion;
    private Given given = new Given(List.of(), true, List.of());
    private long givenVersion;
    private @Nullable Switch unanswered;
    private final SortedMap<String, Probe> probes = new TreeMap<>();
    private @Nullable EdgeReport report;
    private @Nullable String knownEdge;
    private @Nullable Deadline silent;

    /**
     * Begins without an edge.
     *
     * @param onConnected called when an edge reports for the first time or after a silence; must
     *     not block
     */
    public EdgeLink(Clockwork clock, Runnable onConnected) {
        this(clock, onConnected, _ -> {});
    }

    /**
     * Begins without an edge.
     *
     * @param onConnected called when an edge reports for the first time or after a silence; must
     *     not block
     * @param onWake called with the name of a sleeping app when a request has come for it; must not
     *     block
     */
    public EdgeLink(Clockwork clock, Runnable onConnected, Consumer<String> onWake) {
        this.clock = clock;
        this.onConnected = onConnected;
        this.onWake = onWake;
    }

    /** What an edge must do next. */
    public enum Answer {
        OK,
        /** Report again, with the routes served. */
        SEND_ROUTES
    }

    /**
     * Waits for a snapshot other than the one the edge has.
     *
     * @param have its version; 0 = none
     * @return {@code null} when there was none in time
     */
    public @Nullable Snapshot await(long have, Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lock();
        try {
            while (true) {
                RouteTable routes = table;
                if (routes != null && version != have) {
                    return new Snapshot(
                            version,
                            routes,
                            List.copyOf(probes.values()),
                            given.certificates(),
                            given.challenges(),
                            given.othersToo());
                }
                if (nanos <= 0) {
                    return null;
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a report. */
    public Answer report(EdgeReport newest) {
        lock.lock();
        try {
            if (newest.routes() != null) {
                knownEdge = newest.edge();
                if (table == null) {
                    table = newest.routes();
                    // It has nothing that was given here, however late its version is.
                    version = Math.max(version, newest.version() + 1);
                    givenVersion = version;
                }
            }
            if (!newest.edge().equals(knownEdge)) {
                return Answer.SEND_ROUTES;
            }
            boolean was = isConnected();
            List<String> askedBefore = report == null ? List.of() : report.wake();
            report = newest;
            silent = Deadline.in(SILENCE, clock);
            settle(newest);
            changed.signalAll();
            if (!was) {
                onConnected.run();
            }
            newest.wake().stream().filter(app -> !askedBefore.contains(app)).forEach(onWake);
            return Answer.OK;
        } finally {
            lock.unlock();
        }
    }

    /** True when an edge reported lately. */
    public boolean connected() {
        lock.lock();
        try {
            return isConnected();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until an edge is connected; true when one is. */
    public boolean awaitConnected(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (!isConnected() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return isConnected();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ServedRoutes served() {
        lock.lock();
        try {
            EdgeReport last = report;
            RouteTable published = table;
            if (!isConnected() || last == null || published == null) {
                return new ServedRoutes.NotKnown(NO_EDGE);
            }
            return new ServedRoutes.Table(
                    published,
                    new EdgeActivity(
                            counts(last, EdgeReport.InFlight::requests),
                            counts(last, EdgeReport.InFlight::streams),
                            last.idle(),
                            Set.copyOf(last.wake())));
        } finally {
            lock.unlock();
        }
    }

    /** Two backends may be ports of one container. */
    private static Map<String, Integer> counts(
            EdgeReport report, ToIntFunction<EdgeReport.InFlight> count) {
        return report.inFlight().stream()
                .filter(f -> count.applyAsInt(f) > 0)
                .collect(
                        Collectors.toUnmodifiableMap(
                                f -> f.backend().container(), count::applyAsInt, Integer::sum));
    }

    @Override
    public void replaceRoutes(ResourceId owner, List<Route> routes, Duration deadline)
            throws ReconcileException {
        replaceTable(table -> table.with(owner, routes), deadline);
    }

    @Override
    public void believe(FrontProxies proxies, Duration deadline) throws ReconcileException {
        replaceTable(table -> table.behind(proxies), deadline);
    }

    private void replaceTable(UnaryOperator<RouteTable> change, Duration deadline)
            throws ReconcileException {
        lock.lock();
        try {
            long nanos = awaitUntil(() -> unanswered == null, deadline.toNanos());
            RouteTable before = table;
            if (before == null || !isConnected()) {
                throw noEdge();
            }
            RouteTable after = change.apply(before);
            if (after.equals(before)) {
                awaitUntil(this::newestRoutesTaken, nanos);
                return;
            }
            publishRoutes(after);
            Switch mine = new Switch(before, version);
            unanswered = mine;
            awaitUntil(() -> mine.answered, nanos);
            if (mine.refusal != null) {
                throw new ReconcileException.Stalled(
                        ReasonCode.SwitchFailed, "the edge refused the routes: " + mine.refusal);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is so; returns what is left of the time. */
    private long awaitUntil(BooleanSupplier so, long nanos) throws ReconcileException {
        long left = nanos;
        while (!so.getAsBoolean()) {
            if (left <= 0) {
                throw new ReconcileException.Transient(
                        ReasonCode.EdgeUnavailable,
                        isConnected() ? "the edge did not take the routes in time" : NO_EDGE);
            }
            left = waitFor(left);
        }
        return left;
    }

    /** Takes what a report says about the switch that is unanswered. */
    private void settle(EdgeReport newest) {
        Switch open = unanswered;
        if (open == null) {
            return;
        }
        if (newest.version() >= open.version) {
            open.answered = true;
            unanswered = null;
        } else if (newest.rejected() != null && newest.rejected().version() >= open.version) {
            open.answered = true;
            open.refusal = newest.rejected().reason();
            unanswered = null;
            publishRoutes(open.before);
        }
    }

    /** A change of routes and how the edge answered it. Guarded by the lock. */
    private static final class Switch {
        private final RouteTable before;
        private final long version;
        private boolean answered;
        private @Nullable String refusal;

        Switch(RouteTable before, long version) {
            this.before = before;
            this.version = version;
        }
    }

    @Override
    public String awaitReady(Probe probe, Duration deadline, LivenessCheck stillAlive)
            throws ReconcileException {
        lock.lock();
        try {
            if (!isConnected()) {
                throw noEdge();
            }
            probes.put(probe.id(), probe);
            publish();
        } finally {
            lock.unlock();
        }
        try {
            return awaitPasses(probe, deadline, stillAlive);
        } finally {
            lock.lock();
            try {
                probes.remove(probe.id());
                publish();
            } finally {
                lock.unlock();
            }
        }
    }

    private String awaitPasses(Probe probe, Duration deadline, LivenessCheck stillAlive)
            throws ReconcileException {
        Deadline end = Deadline.in(deadline, clock);
        String answer = "no probe was answered";
        while (true) {
            ProbeResult result = awaitResult(probe.id());
            if (result != null) {
                answer = result.answer();
                if (result.passesInARow() >= PASSES_NEEDED) {
                    return answer;
                }
            }
            if (end.over(clock)) {
                throw new ReconcileException.Stalled(
                        ReasonCode.HealthCheckFailed,
                        "not ready within %d s; last probe of %s%s: %s"
                                .formatted(
                                        deadline.toSeconds(),
                                        probe.backend(),
                                        probe.path() == null ? "" : probe.path(),
                                        answer));
            }
            stillAlive.check();
        }
    }

    private @Nullable ProbeResult awaitResult(String id) throws ReconcileException {
        lock.lock();
        try {
            if (!isConnected()) {
                throw noEdge();
            }
            ProbeResult before = result(id);
            if (before == null || before.passesInARow() < PASSES_NEEDED) {
                waitFor(PROBE_CHECK.toNanos());
            }
            return result(id);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ProbeResult result(String id) {
        EdgeReport last = report;
        return last == null
                ? null
                : last.probes().stream().filter(p -> p.id().equals(id)).findFirst().orElse(null);
    }

    @Override
    public boolean awaitDrained(Set<Backend> backends, boolean streamsToo, Duration deadline)
            throws ReconcileException {
        long nanos = deadline.toNanos();
        lock.lock();
        try {
            while (inFlight(backends, streamsToo)) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = waitFor(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean confirmed() {
        lock.lock();
        try {
            return !isConnected() || newestRoutesTaken();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void serve(List<Certificate> all) {
        give(before -> new Given(List.copyOf(all), false, before.challenges()));
    }

    @Override
    public void serveAlso(List<Certificate> some) {
        give(before -> new Given(List.copyOf(some), true, before.challenges()));
    }

    @Override
    public void answer(List<Challenge> all) {
        give(before -> new Given(before.certificates(), before.othersToo(), List.copyOf(all)));
    }

    private void give(UnaryOperator<Given> change) {
        lock.lock();
        try {
            Given now = change.apply(given);
            if (!now.equals(given)) {
                given = now;
                publish();
                givenVersion = version;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the edge is given besides routes and probes.
     *
     * @param othersToo whether it keeps certificates for other names than those of these
     */
    private record Given(
            List<Certificate> certificates, boolean othersToo, List<Challenge> challenges) {}

    @Override
    public boolean awaitServed(Duration deadline) throws InterruptedException {
        lock.lock();
        try {
            long nanos = deadline.toNanos();
            long wanted = givenVersion;
            while (!isConnected() || report == null || report.version() < wanted) {
                if (nanos <= 0) {
                    return false;
                }
                long slice = Math.min(nanos, SLICE); // silence must be noticed
                nanos = nanos - slice + changed.awaitNanos(slice);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** An edge that has not yet reported on the newest routes may still send requests. */
    private boolean inFlight(Set<Backend> backends, boolean streamsToo) {
        EdgeReport last = report;
        if (last == null || !isConnected()) {
            return false;
        }
        return last.version() < routesVersion
                || last.inFlight().stream()
                        .filter(f -> streamsToo || f.requests() > f.streams())
                        .anyMatch(f -> backends.contains(f.backend()));
    }

    private boolean newestRoutesTaken() {
        return report != null && report.version() >= routesVersion;
    }

    private void publishRoutes(RouteTable routes) {
        table = routes;
        publish();
        routesVersion = version;
    }

    private void publish() {
        version = Math.max(version + 1, clock.millis());
        changed.signalAll();
    }

    private boolean isConnected() {
        return report != null && silent != null && !silent.over(clock);
    }

    @SuppressWarnings("WaitNotInLoop") // every caller loops over its own condition
    private long waitFor(long nanos) throws ReconcileException {
        try {
            long slice = Math.min(nanos, SLICE); // silence must be noticed
            return nanos - slice + changed.awaitNanos(slice);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "stopped while waiting");
        }
    }

    private static ReconcileException noEdge() {
        return new ReconcileException.Transient(ReasonCode.EdgeUnavailable, NO_EDGE);
    }
}
