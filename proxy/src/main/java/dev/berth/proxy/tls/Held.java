package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate in force and what is known of it, which is read when somebody first asks. Equal to
 * itself only. Thread-safe.
 */
final class Held {
    /** Of a certificate that cannot be read. */
    private static final Instant NEVER = Instant.MIN;

    private final Certificate certificate;
    private volatile @Nullable Instant end;
    private volatile boolean useless;

    Held(Certificate certificate) {
        this.certificate = certificate;
    }

    Certificate certificate() {
        return certificate;
    }

    List<String> names() {
        return certificate.names();
    }

    /** No handshake can be done with it. */
    void foundUseless() {
        useless = true;
    }

    /** Whether it was found so; it is tried when a client first asks for it. */
    boolean isUseless() {
        return useless;
    }

    /** Whether clients may trust it, as far as is known. */
    boolean serves(Instant now) {
        Instant last = end();
        return !useless && last != null && now.isBefore(last);
    }

    /** When it ends; {@code null} when it cannot be read. */
    @Nullable Instant end() {
        Instant known = end;
        if (known == null) {
            known = read();
            end = known;
        }
        return known.equals(NEVER) ? null : known;
    }

    private Instant read() {
        byte[] pem = certificate.chain().getBytes(StandardCharsets.US_ASCII);
        try {
            return CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(pem))
                            instanceof X509Certificate read
                    ? read.getNotAfter().toInstant()
                    : NEVER;
        } catch (CertificateException e) {
            return NEVER; // the log says so when somebody asks for it
        }
    }
}
