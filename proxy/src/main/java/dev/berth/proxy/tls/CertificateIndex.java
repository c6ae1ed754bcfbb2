package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /** When each ends, by its first name; without those that cannot be read. */
    Map<String, Instant> expiries() {
        Map<String, Instant> ends = new TreeMap<>();
        for (Certificate certificate : new HashSet<>(byName.values())) {
            Instant end = certificate.names().isEmpty() ? null : end(certificate);
            if (end != null) {
                ends.put(certificate.names().getFirst(), end);
            }
        }
        return ends;
    }

    private static @Nullable Instant end(Certificate certificate) {
        byte[] pem = certificate.chain().getBytes(StandardCharsets.US_ASCII);
        try {
            return CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(pem))
                            instanceof X509Certificate read
                    ? read.getNotAfter().toInstant()
                    : null;
        } catch (CertificateException e) {
            return null; // the log has said so when somebody asked for it
        }
    }

    /** The certificate for a host: its own, else one for a wildcard in place of its first label. */
    @Nullable Certificate find(String host) {
        Certificate own = byName.get(host);
        return own == null ? byName.get(wildcard(host)) : own;
    }

    /** The certificate for just this name. */
    @Nullable Certificate named(String name) {
        return byName.get(name);
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
