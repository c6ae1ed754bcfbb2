package dev.berth.proxy.routing;

import dev.berth.proxy.files.Site;
import dev.berth.proxy.guard.GuardFactory;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what answers a request, from one immutable table behind one volatile field.
 *
 * <p>Invariant, on which a drain rests: once {@link #replace} has returned, {@link #inFlight}
 * misses no request that was or will be sent to a backend of an older table. A request counts
 * itself first and then reads the table again; if the table is another one, it takes the count back
 * and starts over. So either the request saw the new table, or its count was there before the new
 * table was.
 *
 * <p>{@link #route} may be called by any thread at any time; {@link #replace} by one at a time.
 */
public final class Router {
    private final ConcurrentMap<Backend, BackendLoad> loads = new ConcurrentHashMap<>();
    private final GuardFactory guards = new GuardFactory(System::nanoTime);
    private final AtomicInteger tables = new AtomicInteger();
    private final Set<Runnable> onReplaced = ConcurrentHashMap.newKeySet();
    private final Runnable onDrainProgress;
    private final @Nullable Backend control;
    private volatile RoutingTable table = RoutingTable.EMPTY;
    private volatile Streams streams = Streams.Stay;

    /** What becomes of streams, of whatever backend. */
    private enum Streams {
        Stay,
        HaveGrace,
        End
    }

    /**
     * Routes nothing yet.
     *
     * @param onDrainProgress called, from any thread, when a request to a backend that is no longer
     *     routed has ended; must not block
     */
    public Router(Runnable onDrainProgress) {
        this(onDrainProgress, null);
    }

    /**
     * The same.
     *
     * @param control where control is; {@code null} = its routes have no backend
     */
    public Router(Runnable onDrainProgress, @Nullable Backend control) {
        this.onDrainProgress = onDrainProgress;
        this.control = control;
    }

    /**
     * Where a request goes. A backend in the answer counts the request already.
     *
     * @param host as {@link dev.berth.proxy.http.HostNames#routing} gives it
     * @param path as {@link RoutingPath} gives it
     * @param tried backends not to choose again
     */
    public Routed route(String host, String path, Set<BackendLoad> tried, RandomGenerator random) {
        return route(new Asked(host, path), tried, random).to();
    }

    /**
     * Where a request goes, and by which place: another look-up could find another table. A backend
     * in the answer counts the request already.
     *
     * @param tried backends not to choose again
     */
    public Way route(Asked asked, Set<BackendLoad> tried, RandomGenerator random) {
        while (true) {
            RoutingTable seen = table;
            RoutingTable.Entry own = seen.find(asked);
            if (own == null) {
                return new Way(null, new Routed.Nowhere());
            }
            List<String> sticky =
                    own.route().policy().sticky()
                            ? StickyCookie.values(asked.headers())
                            : List.of();
            RoutingTable.Entry entry = Canaries.answering(seen, own, asked, sticky, random);
            Routed routed = resolve(entry, sticky, tried, random);
            if (!(routed instanceof Routed.Claimed(_, BackendLoad backend)) || table == seen) {
                return new Way(own.place(), routed);
            }
            backend.leave();
        }
    }

    /** The route of a request; {@code null} when there is none. */
    public @Nullable Place place(Asked asked) {
        RoutingTable.Entry entry = table.find(asked);
        return entry == null ? null : entry.place();
    }

    /** Routed backends that get no requests now, as long as others can. */
    public long leftOut() {
        long now = System.nanoTime();
        return loads.values().stream()
                .filter(load -> load.routed() && !load.health().available(now))
                .count();
    }

    /** Backends that are to be checked for as long as they are routed. */
    public List<HealthCheck> checks() {
        return table.checks();
    }

    /**
     * Serves these routes from now on.
     *
     * @param sites the index of each directory that a route names; one without answers 503
     */
    public void replace(RouteTable routes, Map<String, Site> sites) {
        Set<Backend> routed = new HashSet<>();
        RoutingTable next =
                RoutingTable.of(
                        routes,
                        control,
                        backend -> {
                            routed.add(backend);
                            return loads.computeIfAbsent(
                                    backend, key -> new BackendLoad(key, onDrainProgress));
                        },
                        guards::of,
                        sites);
        guards.retain(routes.routes());
        loads.forEach((backend, load) -> place(load, routed.contains(backend)));
        table = next;
        tables.incrementAndGet();
        onReplaced.forEach(Runnable::run);
        loads.entrySet()
                .removeIf(
                        load -> !routed.contains(load.getKey()) && load.getValue().inFlight() == 0);
    }

    /**
     * The edge leaves, as if no backend were routed any longer: streams have their grace from now
     * on. Requests are routed as before.
     */
    public void leave() {
        if (streams == Streams.Stay) {
            streams = Streams.HaveGrace;
            loads.values().forEach(load -> place(load, false));
        }
    }

    /** The edge leaves and streams must end now. */
    public void endStreams() {
        streams = Streams.End;
        loads.values().forEach(load -> place(load, false));
    }

    private void place(BackendLoad load, boolean routed) {
        switch (streams) {
            case Stay -> load.route(routed);
            case HaveGrace -> load.route(false);
            case End -> load.endStreams();
        }
    }

    /** How many tables there were. */
    public int tables() {
        return tables.get();
    }

    /**
     * Has this called after each new table, on the thread that brings it.
     *
     * @param listener must not block
     */
    public void onReplaced(Runnable listener) {
        onReplaced.add(listener);
    }

    /** Has it called no more. */
    public void noLongerOnReplaced(Runnable listener) {
        onReplaced.remove(listener);
    }

    /** Backends with requests in flight, routed or not. */
    public List<InFlight> inFlight() {
        return loads.values().stream()
                .map(load -> new InFlight(load.backend(), load.inFlight(), load.streams()))
                .filter(count -> count.requests() > 0)
                .sorted(Comparator.comparing(count -> count.backend().toString()))
                .toList();
    }

    private static Routed resolve(
            RoutingTable.Entry entry,
            List<String> sticky,
            Set<BackendLoad> tried,
            RandomGenerator random) {
        Route route = entry.route();
        return switch (route.target()) {
            case Route.Proxy _, Route.Control _ -> {
                BackendLoad chosen = choose(entry.backends(), sticky, tried, random);
                if (chosen == null) {
                    yield new Routed.NoBackend(route);
                }
                chosen.enter();
                yield new Routed.Claimed(route, chosen);
            }
            case Route.Files _ -> {
                Site site = entry.site();
                yield site == null
                        ? new Routed.Unavailable(route, "its files are missing on this machine")
                        : new Routed.Files(route, site);
            }
            case Route.Redirect(String host) -> new Routed.Elsewhere(route, host);
            case Route.Unavailable(String reason) -> new Routed.Unavailable(route, reason);
            case Route.Paused(String reason, var hold) -> new Routed.Paused(route, reason, hold);
            case Route.Asleep(var hold) -> new Routed.Asleep(route, hold);
        };
    }

    private static @Nullable BackendLoad choose(
            List<BackendLoad> all,
            List<String> sticky,
            Set<BackendLoad> tried,
            RandomGenerator random) {
        long now = System.nanoTime();
        if (!sticky.isEmpty()) {
            for (BackendLoad backend : all) {
                if (StickyCookie.names(backend, sticky)
                        && !tried.contains(backend)
                        && backend.health().available(now)) {
                    return backend;
                }
            }
        }
        return Balancer.choose(all, tried, random, now);
    }
}
