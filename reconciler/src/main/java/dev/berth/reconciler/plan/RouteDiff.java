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
        Map<String, Route> before = byClaim(served);
        Map<String, Route> after = byClaim(wanted);
        TreeSet<String> claims = new TreeSet<>(before.keySet());
        claims.addAll(after.keySet());
        List<Reason> changes = new ArrayList<>();
        for (String claim : claims) {
            Route from = before.get(claim);
            Route to = after.get(claim);
            String shownFrom = show(from == null ? null : from.target());
            String shownTo = show(to == null ? null : to.target());
            if (!shownFrom.equals(shownTo)) {
                changes.add(new RouteChanged(claim, shownFrom, shownTo));
            } else if (from != null && to != null && !from.policy().equals(to.policy())) {
                changes.add(
                        new RouteChanged(
                                claim,
                                PolicyDiff.show(from.policy(), to.policy()),
                                PolicyDiff.show(to.policy(), from.policy())));
            }
        }
        return changes;
    }

    private static Map<String, Route> byClaim(List<Route> routes) {
        Map<String, Route> byClaim = new TreeMap<>();
        routes.forEach(
                route ->
                        byClaim.put(
                                route.host() + (route.path().equals("/") ? "" : route.path()),
                                route));
        return byClaim;
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
            case Route.Paused(var because, _) -> "held " + because;
            case Route.Asleep _ -> "asleep";
            case Route.Control() -> "control";
        };
    }
}
