package dev.berth.reconciler.desired;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates written as PEM (RFC 7468). */
public final class PemCertificates {
    private static final int LINE = 64;
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----\n";
    private static final String END = "\n-----END CERTIFICATE-----\n";

    private PemCertificates() {}

    /**
     * Their blocks and nothing else, in this order.
     *
     * @throws CertificateEncodingException if one can't be written, as none is that was read
     */
    public static String write(List<X509Certificate> certificates)
            throws CertificateEncodingException {
        Base64.Encoder base64 =
                Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder pem = new StringBuilder();
        for (X509Certificate each : certificates) {
            pem.append(BEGIN).append(base64.encodeToString(each.getEncoded())).append(END);
        }
        return pem.toString();
    }

    /**
     * Those of a text, in its order; one at least.
     *
     * @throws CertificateException if there is none or one can't be read; the message is for people
     */
    public static List<X509Certificate> read(String pem) throws CertificateException {
        List<X509Certificate> all = new ArrayList<>();
        try {
            for (Certificate each :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            pem.getBytes(StandardCharsets.US_ASCII)))) {
                if (each instanceof X509Certificate x509) {
                    all.add(x509);
                }
            }
        } catch (CertificateException e) {
            throw new CertificateException("it is not PEM (BEGIN CERTIFICATE)", e);
        }
        if (all.isEmpty()) {
            throw new CertificateException("there is no certificate in it (BEGIN CERTIFICATE)");
        }
        return all;
    }
}
