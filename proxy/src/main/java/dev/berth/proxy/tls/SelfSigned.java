package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Makes certificates that nobody vouches for: P-256, version 3 (RFC 5280 section 4.1). */
final class SelfSigned {
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("2a8648ce3d040302"));
    private static final String COMMON_NAME = "550403";
    private static final String SUBJECT_ALTERNATIVE_NAME = "551d11";
    private static final int VERSION_3 = 2;
    private static final int SERIAL_BITS = 127;

    private SelfSigned() {}

    /**
     * A new key with a certificate for it.
     *
     * @param validFor from the given time on; it began a day before, for clocks that are behind
     */
    static Certificate make(List<String> names, Instant now, Duration validFor)
            throws GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        KeyPair keys = generator.generateKeyPair();
        byte[] name = name("Berth edge, not trusted");
        byte[] body =
                Der.sequence(
                        Der.tagged(0xa0, Der.integer(BigInteger.valueOf(VERSION_3))),
                        Der.integer(new BigInteger(SERIAL_BITS, random)),
                        ECDSA_WITH_SHA256,
                        name,
                        Der.sequence(
                                Der.time(now.minus(Duration.ofDays(1))),
                                Der.time(now.plus(validFor))),
                        name,
                        keys.getPublic().getEncoded(),
                        Der.tagged(0xa3, Der.sequence(alternativeNames(names))));
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(keys.getPrivate(), random);
        signer.update(body);
        byte[] certificate = Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(signer.sign()));
        return new Certificate(
                names,
                pem("CERTIFICATE", certificate),
                pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(
                Der.tagged(0x31, Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
    }

    private static byte[] alternativeNames(List<String> names) {
        byte[][] entries =
                names.stream()
                        .map(name -> Der.tagged(0x82, name.getBytes(StandardCharsets.US_ASCII)))
                        .toArray(byte[][]::new);
        return Der.sequence(Der.oid(SUBJECT_ALTERNATIVE_NAME), Der.octets(Der.sequence(entries)));
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(
                        type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes));
    }
}
