package dev.berth.reconciler.certificate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which certificates there are for a host. Immutable. */
final class Coverage {
    private final Map<String, List<Held>> byName = new HashMap<>();

    Coverage(Collection<Held> held) {
        for (Held each : held) {
            each.names().forEach(n -> byName.computeIfAbsent(n, _ -> new ArrayList<>()).add(each));
        }
    }

    /** The wildcard that covers a host; {@code *} for one label. */
    static String wildcard(String host) {
        return "*" + host.substring(Math.max(0, host.indexOf('.')));
    }

    /** The name itself, without {@code *.}. */
    static String plain(String host) {
        return host.startsWith("*.") ? host.substring(2) : host;
    }

    /** Whether a name stands for a host: the same, or a wildcard for its first label. */
    static boolean covers(Collection<String> names, String host) {
        return names.contains(host) || (!host.startsWith("*.") && names.contains(wildcard(host)));
    }

    /** All that are for it, by name or by wildcard. */
    Stream<Held> of(String host) {
        Stream<Held> exact = byName.getOrDefault(host, List.of()).stream();
        return host.startsWith("*.")
                ? exact
                : Stream.concat(exact, byName.getOrDefault(wildcard(host), List.of()).stream());
    }

    /**
     * The hosts of wanted wildcards that are not there yet, and that go on with certificates of
     * their own until then, each with the wildcard; none that want another themselves.
     */
    SortedMap<String, Wanted.Ordered> waiting(Collection<Wanted> wanted, Times times) {
        Map<String, Wanted.Ordered> wildcards = new HashMap<>();
        Set<String> others = new HashSet<>();
        for (Wanted each : wanted) {
            others.addAll(each.names());
            if (each instanceof Wanted.Ordered ordered) {
                ordered.names().stream()
                        .filter(name -> name.startsWith("*."))
                        .filter(name -> !isThere(ordered, name, times))
                        .forEach(name -> wildcards.put(name, ordered));
            }
        }
        SortedMap<String, Wanted.Ordered> hosts = new TreeMap<>();
        byName.forEach(
                (host, held) -> {
                    Wanted.Ordered wildcard = wildcards.get(wildcard(host));
                    if (wildcard != null
                            && !others.contains(host)
                            && held.stream().anyMatch(times::lasts)) {
                        hosts.put(host, wildcard);
                    }
                });
        return hosts;
    }

    private boolean isThere(Wanted.Ordered wanted, String name, Times times) {
        return of(name).anyMatch(h -> h.serves(wanted, name) && times.lasts(h));
    }

    /**
     * The one to serve: what is wanted before what is not, what was asked for anew before what it
     * replaces, what lasts longest first.
     */
    @Nullable Held best(String host, Wanted.@Nullable Ordered wanted, Times times) {
        return of(host).max(
                        Comparator.<Held, Boolean>comparing(times::lasts)
                                .thenComparing(h -> wanted != null && h.serves(wanted, host))
                                .thenComparing(
                                        h ->
                                                wanted == null
                                                        || !h.isOlderThan(
                                                                wanted.reissuedAt(),
                                                                times.at(h.directory())))
                                .thenComparing(Held::notAfter)
                                .thenComparing(Held::id))
                .orElse(null);
    }
}
