package dev.berth.proxy.h3;

import dev.berth.schemas.edge.Certificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * A certificate and its key, ready for handshakes.
 *
 * @param chain the certificate itself first
 */
record KeyMaterial(List<X509Certificate> chain, PrivateKey key) {
    KeyMaterial {
        chain = List.copyOf(chain);
    }

    /**
     * Of PEM text: X.509 and PKCS#8.
     *
     * @throws GeneralSecurityException if it is none, or of an unknown kind
     */
    static KeyMaterial of(Certificate certificate) throws GeneralSecurityException {
        List<X509Certificate> chain =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(
                                        certificate.chain().getBytes(StandardCharsets.US_ASCII)))
                        .stream()
                        .map(X509Certificate.class::cast)
                        .toList();
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("it has no certificate");
        }
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        return new KeyMaterial(
                chain,
                KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(keyBytes(certificate.key()))));
    }

    private static byte[] keyBytes(String pem) throws GeneralSecurityException {
        String text = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("its key is not PKCS#8 in PEM", e);
        }
    }
}
