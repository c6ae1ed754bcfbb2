package dev.berth.reconciler.desired;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Certificates written as PEM (RFC 7468). */
final class PemCertificates {
    private PemCertificates() {}

    /** Whether a text is of such, one at least. */
    static boolean areIn(String pem) {
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }
}
