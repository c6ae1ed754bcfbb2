package dev.berth.reconciler.plan;

import dev.berth.reconciler.plan.Reason.RouteChanged;
import dev.berth.schemas.edge.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The routes in which what is served differs from what is wanted. */
final class RouteDiff {
    private RouteDiff() {}

    static List<Reason> between(List<Route> served, List<Route> wanted) {
        Map<String, Route.Target> before = byClaim(served);
        Map<String, Route.Target> after = byClaim(wanted);
        TreeSet<String> claims = new TreeSet<>(before.keySet());
        claims.addAll(after.keySet());
        List<Reason> changes = new ArrayList<>();
        for (String claim : claims) {
            String from = show(before.get(claim));
            String to = show(after.get(claim));
            if (!from.equals(to)) {
                changes.add(new RouteChanged(claim, from, to));
            }
        }
        return changes;
    }

    private static Map<String, Route.Target> byClaim(List<Route> routes) {
        Map<String, Route.Target> targets = new TreeMap<>();
        routes.forEach(
                route ->
                        targets.put(
                                route.host() + (route.path().equals("/") ? "" : route.path()),
                                route.target()));
        return targets;
    }

    private static String show(Route.@Nullable Target target) {
        return switch (target) {
            case null -> "(none)";
            case Route.Proxy(var backends) ->
                    String.join(", ", backends.stream().map(Object::toString).toList());
            case Route.Files(var directory, var spa) ->
                    "files of "
                            + directory.substring(directory.lastIndexOf('/') + 1)
                            + (spa ? " (spa)" : "");
            case Route.Redirect(var host) -> "redirect to " + host;
            case Route.Unavailable(var because) -> "503 " + because;
        };
    }
}
