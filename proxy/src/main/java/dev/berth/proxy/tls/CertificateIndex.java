package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Certificates by the names that they are for (RFC 6125 section 6.4). Immutable. */
public final class CertificateIndex {
    static final CertificateIndex EMPTY = new CertificateIndex();

    private final Map<Certificate, Held> all = new HashMap<>();
    private final Map<String, Held> byName = new HashMap<>();

    private CertificateIndex() {}

    /**
     * These in place of those before; what is known of one that stays is kept. Of two for the same
     * name, the later one counts.
     */
    CertificateIndex with(List<Certificate> certificates) {
        CertificateIndex next = new CertificateIndex();
        for (Certificate certificate : certificates) {
            Held known = all.get(certificate);
            Held held = known == null ? new Held(certificate) : known;
            next.all.put(certificate, held);
            held.names().forEach(name -> next.byName.put(name, held));
        }
        return next;
    }

    /** All of them. */
    Collection<Held> all() {
        return all.values();
    }

    /**
     * When what is served ends, by each name; without those that cannot be read, and those that
     * were found useless.
     */
    Map<String, Instant> expiries() {
        Map<String, Instant> ends = new TreeMap<>();
        byName.forEach(
                (name, held) -> {
                    Instant end = held.isUseless() ? null : held.end();
                    if (end != null) {
                        ends.put(name, end);
                    }
                });
        return ends;
    }

    /** The certificate for a host: its own, else one for a wildcard in place of its first label. */
    @Nullable Held find(String host) {
        Held own = byName.get(host);
        return own == null ? byName.get(wildcard(host)) : own;
    }

    /** Whether a certificate with these names is good for the host. */
    public static boolean covers(List<String> names, String host) {
        return names.contains(host) || names.contains(wildcard(host));
    }

    private static String wildcard(String host) {
        int dot = host.indexOf('.');
        return dot <= 0 ? "" : "*" + host.substring(dot);
    }
}
