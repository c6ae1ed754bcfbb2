package dev.berth.proxy.control;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.challenge.Challenges;
import dev.berth.proxy.files.Site;
import dev.berth.proxy.files.SiteIndexer;
import dev.berth.proxy.front.Front;
import dev.berth.proxy.probe.HealthWatch;
import dev.berth.proxy.probe.Prober;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.tls.TlsContexts;
import dev.berth.schemas.edge.EdgeReport.Rejection;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot that is in force. A new one is checked whole and then takes effect in one step, or
 * is refused and leaves everything as it was. {@link #apply} by one thread at a time; the rest by
 * any.
 */
public final class Applied {
    private static final Logger LOG = LoggerFactory.getLogger(Applied.class);

    private final Router router;
    private final Prober prober;
    private final HealthWatch health;
    private final Apps apps;
    private final TlsContexts tls;
    private final Front front;
    private final Challenges challenges;
    private volatile Instant appliedAt = Instant.EPOCH;
    private final LongAdder applied = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile State state = new State(0, RouteTable.EMPTY, Map.of(), null);

    /** Nothing is in force yet. */
    public Applied(
            Router router,
            Prober prober,
            HealthWatch health,
            Apps apps,
            TlsContexts tls,
            Front front,
            Challenges challenges) {
        this.router = router;
        this.prober = prober;
        this.health = health;
        this.apps = apps;
        this.tls = tls;
        this.front = front;
        this.challenges = challenges;
    }

    /**
     * What is served, and what was refused last.
     *
     * @param version 0 = none
     * @param rejected {@code null} once a newer one was applied
     */
    public record State(
            long version,
            RouteTable routes,
            Map<String, Site> sites,
            @Nullable Rejection rejected) {}

    /** What is served now. */
    public State state() {
        return state;
    }

    /** When the snapshot in force was applied; the epoch when none is. */
    public Instant appliedAt() {
        return appliedAt;
    }

    /** Snapshots that were applied so far. */
    public long applied() {
        return applied.sum();
    }

    /** Snapshots that were refused so far. */
    public long refused() {
        return refused.sum();
    }

    /**
     * Serves the snapshot, with its certificates and no others, or refuses it; true if it is
     * served.
     */
    public boolean apply(Snapshot snapshot) {
        String problem = SnapshotCheck.problem(snapshot);
        if (problem != null) {
            reject(snapshot.version(), problem);
            return false;
        }
        Map<String, Site> sites = new HashMap<>();
        for (Route route : snapshot.routes().routes()) {
            if (route.target() instanceof Route.Files(String directory, _)) {
                String missing = index(directory, sites);
                if (missing != null) {
                    reject(snapshot.version(), missing);
                    return false;
                }
            }
        }
        // Before the routes: a host must not be reachable with a certificate that is not its own.
        tls.replace(snapshot.certificates());
        challenges.replace(snapshot.challenges());
        front.replace(snapshot.routes().front());
        Set<String> asleep = asleep(snapshot.routes());
        apps.wakes().expect(asleep);
        router.replace(snapshot.routes(), sites);
        prober.replace(snapshot.probes());
        health.replace(router.checks());
        apps.wakes().retain(asleep);
        state = new State(snapshot.version(), snapshot.routes(), Map.copyOf(sites), null);
        appliedAt = Instant.now();
        applied.increment();
        LOG.info(
                "serving snapshot {}: {} routes, {} probes",
                snapshot.version(),
                snapshot.routes().routes().size(),
                snapshot.probes().size());
        return true;
    }

    /** The apps that sleep. One that has a route counts as unused from now on. */
    private Set<String> asleep(RouteTable routes) {
        Set<String> asleep = new HashSet<>();
        for (Route route : routes.routes()) {
            String app = route.app();
            if (app != null) {
                var _ = apps.of(app);
                if (route.target() instanceof Route.Asleep) {
                    asleep.add(app);
                }
            }
        }
        return asleep;
    }

    /** Remembers that a snapshot was refused. */
    void reject(long version, String reason) {
        State old = state;
        refused.increment();
        state = new State(old.version(), old.routes(), old.sites(), new Rejection(version, reason));
        LOG.error("refused snapshot {}: {}; serving {} on", version, reason, old.version());
    }

    /**
     * Adds the index of a directory, taken over from the snapshot in force if it has it. A missing
     * directory refuses the snapshot only if it is new in it: one that was deleted by hand must not
     * keep every other app from being deployed, and a fresh edge must serve what it can.
     */
    private @Nullable String index(String directory, Map<String, Site> sites) {
        if (sites.containsKey(directory)) {
            return null;
        }
        Site known = state.sites().get(directory);
        if (known != null) {
            sites.put(directory, known);
            return null;
        }
        try {
            sites.put(directory, SiteIndexer.index(Path.of(directory)));
            return null;
        } catch (IOException e) {
            String problem = "the files at %s cannot be read: %s".formatted(directory, e);
            if (state.version() > 0 && !isServed(directory)) {
                return problem;
            }
            LOG.error("{}; their route answers 503", problem);
            return null;
        }
    }

    private boolean isServed(String directory) {
        return state.routes().routes().stream()
                .anyMatch(
                        route ->
                                route.target() instanceof Route.Files(String served, _)
                                        && served.equals(directory));
    }
}
