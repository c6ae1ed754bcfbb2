package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Certificates by the names that they are for (RFC 6125 section 6.4). Immutable. */
public final class CertificateIndex {
    static final CertificateIndex EMPTY = new CertificateIndex(List.of());

    private final Map<String, Certificate> byName = new HashMap<>();

    /** Of two for the same name, the later one counts. */
    CertificateIndex(List<Certificate> certificates) {
        for (Certificate certificate : certificates) {
            for (String name : certificate.names()) {
                byName.put(name, certificate);
            }
        }
    }

    /** The certificate for a host: its own, else one for a wildcard in place of its first label. */
    @Nullable Certificate find(String host) {
        Certificate own = byName.get(host);
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
