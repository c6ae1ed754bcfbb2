package dev.berth.proxy.routing;

import dev.berth.proxy.http.Cookies;
import dev.berth.schemas.edge.Policy;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which route answers a request: the one it names, or one that gets part of its requests. A cookie
 * that names a backend comes first, then header and cookie matches, then the shares.
 */
final class Canaries {
    private Canaries() {}

    static RoutingTable.Entry answering(
            RoutingTable table,
            RoutingTable.Entry own,
            Asked asked,
            List<String> sticky,
            RandomGenerator random) {
        if (own.route().policy().canaries().isEmpty()) {
            return own;
        }
        if (stays(own, sticky)) {
            return own;
        }
        for (Policy.Canary canary : own.route().policy().canaries()) {
            RoutingTable.Entry other = other(table, own, canary);
            if (other != null && stays(other, sticky)) {
                return other;
            }
        }
        for (Policy.Canary canary : own.route().policy().canaries()) {
            RoutingTable.Entry other = other(table, own, canary);
            if (other != null && matches(canary, asked)) {
                return other;
            }
        }
        int drawn = random.nextInt(100);
        for (Policy.Canary canary : own.route().policy().canaries()) {
            RoutingTable.Entry other = other(table, own, canary);
            if (other != null && drawn < canary.percent()) {
                return other;
            }
            drawn -= canary.percent();
        }
        return own;
    }

    /**
     * A canary that is not there, or is the route itself, answers nothing; its own lead nowhere.
     */
    private static RoutingTable.@Nullable Entry other(
            RoutingTable table, RoutingTable.Entry own, Policy.Canary canary) {
        RoutingTable.Entry found = table.find(new Asked(canary.host(), canary.path()));
        return found == null || found.route().equals(own.route()) ? null : found;
    }

    private static boolean stays(RoutingTable.Entry entry, List<String> sticky) {
        return !sticky.isEmpty()
                && entry.backends().stream().anyMatch(b -> StickyCookie.names(b, sticky));
    }

    private static boolean matches(Policy.Canary canary, Asked asked) {
        Policy.Match header = canary.header();
        Policy.Match cookie = canary.cookie();
        return (header != null && asked.headers().contains(header.name(), header.value(), false))
                || (cookie != null
                        && Cookies.values(asked.headers(), cookie.name()).contains(cookie.value()));
    }
}
