package dev.berth.proxy.routing;

import dev.berth.proxy.files.Site;
import dev.berth.proxy.guard.RouteGuards;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Routes prepared for look-up. Immutable. */
final class RoutingTable {
    static final RoutingTable EMPTY = new RoutingTable(Map.of());

    private final Map<String, List<Entry>> byHost;
    private final boolean wildcards;

    private RoutingTable(Map<String, List<Entry>> byHost) {
        this.byHost = byHost;
        this.wildcards = byHost.keySet().stream().anyMatch(host -> host.startsWith("*."));
    }

    /** A route with what its target needs: its backends' counters, or the index of its files. */
    record Entry(Place place, List<BackendLoad> backends, @Nullable Site site) {
        Route route() {
            return place.route();
        }
    }

    static RoutingTable of(
            RouteTable table,
            @Nullable Backend control,
            Function<Backend, BackendLoad> loads,
            Function<Route, RouteGuards> guards,
            Map<String, Site> sites) {
        Map<String, List<Entry>> byHost = new HashMap<>();
        for (Route route : table.routes()) {
            List<BackendLoad> backends = List.of();
            Site site = null;
            if (route.target() instanceof Route.Proxy(List<Backend> addresses)) {
                backends = addresses.stream().map(loads).toList();
            } else if (route.target() instanceof Route.Files(String directory, _)) {
                site = sites.get(directory);
            } else if (route.target() instanceof Route.Control && control != null) {
                backends = List.of(loads.apply(control));
            }
            byHost.computeIfAbsent(route.host(), _ -> new ArrayList<>())
                    .add(new Entry(new Place(route, guards.apply(route)), backends, site));
        }
        for (List<Entry> entries : byHost.values()) {
            entries.sort(
                    Comparator.comparingInt((Entry entry) -> entry.route().path().length())
                            .reversed());
        }
        return new RoutingTable(byHost);
    }

    /** Every backend that is to be checked; one that several routes check is by the first. */
    List<HealthCheck> checks() {
        Map<BackendLoad, HealthCheck> checks = new LinkedHashMap<>();
        byHost.values().stream()
                .flatMap(List::stream)
                .forEach(
                        entry -> {
                            Policy.Health how = entry.route().policy().health();
                            if (how != null) {
                                entry.backends()
                                        .forEach(
                                                backend ->
                                                        checks.putIfAbsent(
                                                                backend,
                                                                new HealthCheck(how, backend)));
                            }
                        });
        return List.copyOf(checks.values());
    }

    /**
     * The route with that host and the longest path that covers the given one. A host that has
     * routes of its own has none of those with a wildcard in place of its first label.
     */
    @Nullable Entry find(Asked asked) {
        List<Entry> entries = byHost.get(asked.host());
        if (entries == null && wildcards) {
            int dot = asked.host().indexOf('.');
            entries = dot <= 0 ? null : byHost.get("*" + asked.host().substring(dot));
        }
        if (entries != null) {
            for (Entry entry : entries) {
                if (entry.route().target() instanceof Route.Control
                        ? asked.plain() && asked.path().equals(entry.route().path())
                        : covers(entry.route().path(), asked.path())) {
                    return entry;
                }
            }
        }
        return null;
    }

    private static boolean covers(String prefix, String path) {
        return path.startsWith(prefix)
                && (prefix.endsWith("/")
                        || path.length() == prefix.length()
                        || path.charAt(prefix.length()) == '/');
    }
}
