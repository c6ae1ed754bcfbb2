package dev.berth.reconciler.certificate;

import dev.berth.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Keys on the curve P-256, of accounts and of certificates. */
public final class CertificateKeys {
    private static final int PEM_LINE = 64;

    private CertificateKeys() {}

    /** As they are kept: both in Base64, PKCS #8 and X.509. */
    private record Kept(String privateKey, String publicKey) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** A new one. */
    public static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    /** As text, to be kept secret. */
    public static String write(KeyPair key) {
        Base64.Encoder base64 = Base64.getEncoder();
        return Json.write(
                new Kept(
                        base64.encodeToString(key.getPrivate().getEncoded()),
                        base64.encodeToString(key.getPublic().getEncoded())));
    }

    /**
     * Back from that text.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static KeyPair read(String text) {
        Kept kept = Json.read(text, Kept.class);
        try {
            KeyFactory factory = KeyFactory.getInstance("EC");
            Base64.Decoder base64 = Base64.getDecoder();
            return new KeyPair(
                    factory.generatePublic(new X509EncodedKeySpec(base64.decode(kept.publicKey()))),
                    factory.generatePrivate(
                            new PKCS8EncodedKeySpec(base64.decode(kept.privateKey()))));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a key", e);
        }
    }

    /** A private key in PEM, PKCS #8. */
    public static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(PEM_LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
