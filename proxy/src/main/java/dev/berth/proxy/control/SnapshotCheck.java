package dev.berth.proxy.control;

import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.Snapshot;
import io.netty.util.NetUtil;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with a snapshot before any of it is served. Certificates and challenges refuse
 * none: what of them is of no use is left out, so that apps can be deployed all the same. Pure.
 */
final class SnapshotCheck {
    private static final Pattern HOST = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

    private SnapshotCheck() {}

    /** The first thing that is wrong; {@code null} when it can be served. */
    static @Nullable String problem(Snapshot snapshot) {
        if (snapshot.version() < 1) {
            return "version " + snapshot.version() + " is not positive";
        }
        for (String network : snapshot.routes().front().networks()) {
            if (!isNetwork(network)) {
                return "%s is no network of a proxy".formatted(network);
            }
        }
        Set<String> places = new HashSet<>();
        for (Route route : snapshot.routes().routes()) {
            String problem = problem(route);
            if (problem != null) {
                return "route %s%s of %s: %s"
                        .formatted(route.host(), route.path(), route.owner(), problem);
            }
            if (!places.add(route.host() + route.path())) {
                return "%s%s is routed twice".formatted(route.host(), route.path());
            }
        }
        Set<String> ids = new HashSet<>();
        for (Probe probe : snapshot.probes()) {
            String problem = problem(probe);
            if (problem != null) {
                return "probe %s: %s".formatted(probe.id(), problem);
            }
            if (!ids.add(probe.id())) {
                return "two probes have the id " + probe.id();
            }
        }
        return null;
    }

    private static @Nullable String problem(Route route) {
        if (!isHost(route.host())) {
            return "not a lower-case host name without port and trailing dot";
        }
        if (!route.path().startsWith("/")) {
            return "its path does not start with a slash";
        }
        String policy = PolicyCheck.problem(route.policy());
        if (policy != null) {
            return policy;
        }
        return switch (route.target()) {
            case Route.Proxy proxy ->
                    proxy.backends().stream()
                            .filter(SnapshotCheck::hasNoAddress)
                            .findFirst()
                            .map(backend -> backend.address() + " is not an IP address")
                            .orElse(null);
            case Route.Files(String directory, _) ->
                    directory.startsWith("/") && directory.indexOf('\0') < 0
                            ? null
                            : directory + " is not an absolute path";
            case Route.Redirect(String host) ->
                    HOST.matcher(host).matches() ? null : "redirects to an invalid host name";
            case Route.Unavailable _, Route.Control _ -> null;
            case Route.Paused(_, var hold) -> Waits.fits(hold) ? null : Waits.PROBLEM;
            case Route.Asleep(var hold) ->
                    !Waits.fits(hold)
                            ? Waits.PROBLEM
                            : route.app() == null ? "nobody could be woken" : null;
        };
    }

    private static @Nullable String problem(Probe probe) {
        String path = probe.path();
        if (hasNoAddress(probe.backend())) {
            return probe.backend().address() + " is not an IP address";
        }
        if (path != null && (!path.startsWith("/") || hasControls(path))) {
            return "its path is not a path";
        }
        if (probe.host().isEmpty() || hasControls(probe.host())) {
            return "its host is not a host name";
        }
        if (!probe.interval().isPositive()
                || !probe.timeout().isPositive()
                || !Waits.fits(probe.interval())
                || !Waits.fits(probe.timeout())) {
            return "its interval or timeout is not positive or has no end";
        }
        return null;
    }

    /** Also one with a wildcard in place of its first label. */
    private static boolean isHost(String name) {
        return HOST.matcher(name.startsWith("*.") ? name.substring(2) : name).matches();
    }

    private static boolean isNetwork(String text) {
        try {
            var _ = Cidr.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean hasNoAddress(Backend backend) {
        return !NetUtil.isValidIpV4Address(backend.address())
                && !NetUtil.isValidIpV6Address(backend.address());
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(c -> c <= ' ' || c == 0x7f);
    }
}
