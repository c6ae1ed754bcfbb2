package dev.berth.reconciler.certificate;

import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.edge.Certificate;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the edge should serve: for each host one certificate that it can use. */
final class Serving {
    private Serving() {}

    /** What there is for the hosts that want one, and for those that are to have a wildcard's. */
    static List<Certificate> of(
            Collection<Wanted> wanted,
            Collection<Held> held,
            Function<SecretRef, @Nullable Secret> secrets,
            Times times) {
        Coverage coverage = new Coverage(held);
        SortedMap<String, Held> chosen = new TreeMap<>();
        List<Certificate> all = new ArrayList<>();
        for (Wanted each : wanted) {
            switch (each) {
                case Wanted.Ordered ordered ->
                        ordered.names()
                                .forEach(host -> choose(host, ordered, coverage, times, chosen));
                case Wanted.Lacking(var names, _) ->
                        names.forEach(host -> choose(host, null, coverage, times, chosen));
                case Wanted.Brought brought -> {
                    Certificate given = brought(brought, secrets);
                    if (given != null) {
                        all.add(given);
                    }
                }
            }
        }
        coverage.waiting(wanted, times)
                .forEach((host, wildcard) -> choose(host, wildcard, coverage, times, chosen));
        all.addAll(certificates(chosen));
        all.sort(Comparator.comparing((Certificate c) -> c.names().getFirst()));
        return all;
    }

    /** The best that there is for a host, if there is any. */
    private static void choose(
            String host,
            Wanted.@Nullable Ordered wanted,
            Coverage coverage,
            Times times,
            SortedMap<String, Held> chosen) {
        Held best = coverage.best(host, wanted, times);
        if (best != null) {
            chosen.put(host, best);
        }
    }

    private static List<Certificate> certificates(SortedMap<String, Held> chosen) {
        Map<Held, List<String>> hosts = new LinkedHashMap<>();
        chosen.forEach((host, h) -> hosts.computeIfAbsent(h, _ -> new ArrayList<>()).add(host));
        return hosts.entrySet().stream()
                .map(e -> new Certificate(e.getValue(), e.getKey().chain(), e.getKey().key()))
                .toList();
    }

    /** {@code null} when there is none that an edge can use for any of the hosts. */
    private static @Nullable Certificate brought(
            Wanted.Brought wanted, Function<SecretRef, @Nullable Secret> secrets) {
        Secret chain = secrets.apply(wanted.chain());
        Secret key = secrets.apply(wanted.key());
        if (chain == null || key == null) {
            return null;
        }
        try {
            CheckedCertificate read = CheckedCertificate.of(chain.text(), key.text());
            List<String> hosts =
                    wanted.names().stream()
                            .filter(host -> Coverage.covers(read.names(), host))
                            .toList();
            return hosts.isEmpty() ? null : new Certificate(hosts, read.chain(), read.key());
        } catch (CertificateException e) {
            return null; // its standing says so
        }
    }
}
