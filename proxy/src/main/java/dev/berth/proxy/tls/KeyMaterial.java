package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A certificate and its key, parsed once, for handshakes of any kind. Immutable. */
public final class KeyMaterial extends X509ExtendedKeyManager implements ServerKeys {
    private static final String ALIAS = "own";
    private static final byte[] PROBE = {1, 2, 3, 4};
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private KeyMaterial(List<X509Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /**
     * Of PEM text: X.509, the certificate itself first, and PKCS#8. Of the key's text the first
     * block of a private key counts: tools write others and plain text around it (RFC 7468 section
     * 2).
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
        PublicKey own = chain.getFirst().getPublicKey();
        PrivateKey key =
                KeyFactory.getInstance(own.getAlgorithm())
                        .generatePrivate(new PKCS8EncodedKeySpec(keyBytes(certificate.key())));
        return new KeyMaterial(chain, key);
    }

    /** When its certificate ends. */
    Instant end() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    private static byte[] keyBytes(String pem) throws GeneralSecurityException {
        Matcher key = KEY.matcher(pem);
        if (!key.find()) {
            throw new GeneralSecurityException("its key is not PKCS#8 in PEM");
        }
        try {
            return Base64.getMimeDecoder().decode(key.group(1));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("its key is not PKCS#8 in PEM", e);
        }
    }

    /**
     * Tries by a signature whether they belong together; in Java, which takes milliseconds.
     *
     * @throws GeneralSecurityException if they do not, or are of another kind than RSA and EC
     */
    void check() throws GeneralSecurityException {
        PublicKey own = chain.getFirst().getPublicKey();
        Signature signature =
                Signature.getInstance(
                        switch (own.getAlgorithm()) {
                            case "EC" -> "SHA256withECDSA";
                            case "RSA" -> "SHA256withRSA";
                            case String other ->
                                    throw new GeneralSecurityException(
                                            "keys of the kind " + other + " are not served");
                        });
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(own);
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("its key is not the one of its certificate");
        }
    }

    @Override
    public String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }
}
