package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Certificates that tests give to the edge. */
public final class TestCertificates {
    private static final Duration VALID = Duration.ofDays(2);
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("2a8648ce3d040302"));

    private TestCertificates() {}

    public static Certificate of(String... names) {
        return ending(Instant.now().plus(VALID), names);
    }

    /** That ends then. */
    public static Certificate ending(Instant end, String... names) {
        try {
            return SelfSigned.make(List.of(names), end.minus(VALID), VALID);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * One and the one of its authority, with a new key.
     *
     * @param kind {@code RSA}, or a curve such as {@code secp384r1}
     */
    static Certificate issued(String kind, String host) throws GeneralSecurityException {
        KeyPair authority = keys("secp384r1");
        KeyPair own = keys(kind);
        return new Certificate(
                List.of(host),
                certificate(host, own, "authority", authority)
                        + certificate("authority", authority, "authority", authority),
                pem("PRIVATE KEY", own.getPrivate().getEncoded()));
    }

    private static KeyPair keys(String kind) throws GeneralSecurityException {
        boolean rsa = kind.equals("RSA");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        if (rsa) {
            generator.initialize(2048);
        } else {
            generator.initialize(new ECGenParameterSpec(kind));
        }
        return generator.generateKeyPair();
    }

    private static String certificate(String name, KeyPair own, String issuer, KeyPair authority)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[] body =
                Der.sequence(
                        Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                        Der.integer(BigInteger.ONE),
                        ECDSA_WITH_SHA256,
                        common(issuer),
                        Der.sequence(Der.time(now.minus(VALID)), Der.time(now.plus(VALID))),
                        common(name),
                        own.getPublic().getEncoded(),
                        Der.tagged(0xa3, Der.sequence(alternative(name))));
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(authority.getPrivate());
        signer.update(body);
        return pem("CERTIFICATE", Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(signer.sign())));
    }

    private static byte[] common(String name) {
        return Der.sequence(Der.tagged(0x31, Der.sequence(Der.oid("550403"), Der.utf8(name))));
    }

    private static byte[] alternative(String name) {
        byte[] entry = Der.tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
        return Der.sequence(Der.oid("551d11"), Der.octets(Der.sequence(entry)));
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(bytes));
    }
}
