package dev.berth.reconciler.forge;

import dev.berth.schemas.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The private key of a GitHub App, which says by signing that we are that app. Thread-safe. */
final class AppKey {
    /** The end of the line in which PEM is armored may be lost in YAML. */
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (RSA )?PRIVATE KEY-----");

    /** Version 0, and the algorithm rsaEncryption without parameters (RFC 8017 appendix A.1). */
    private static final byte[] PKCS8_HEAD =
            HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private static final long BEFORE_SECONDS = 60;
    private static final long FOR_SECONDS = 540; // GitHub takes 600 at most

    private final PrivateKey key;

    private AppKey(PrivateKey key) {
        this.key = key;
    }

    /**
     * Reads a key as GitHub gives it (PKCS#1), or as openssl rewrites it (PKCS#8).
     *
     * @throws GeneralSecurityException if it is none; without what it is
     */
    static AppKey of(String pem) throws GeneralSecurityException {
        Matcher armored = PEM.matcher(pem);
        if (!armored.find()) {
            throw new GeneralSecurityException("no private key in PEM");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(armored.group(2));
            byte[] pkcs8 = armored.group(1) == null ? der : wrapped(der);
            return new AppKey(
                    KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new GeneralSecurityException("no RSA key that can be read");
        }
    }

    /** RFC 5208 section 5, about RFC 8017 appendix A.1.2. */
    private static byte[] wrapped(byte[] pkcs1) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(PKCS8_HEAD);
        inner.writeBytes(tagged(0x04, pkcs1));
        return tagged(0x30, inner.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >>> (8 * i));
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /**
     * Says who we are for nine minutes (RFC 7519, RS256). It begins a minute ago, as clocks differ.
     *
     * @param app its ID or client ID
     */
    String token(String app, Instant now) {
        long second = now.getEpochSecond();
        String signed =
                part(Map.of("alg", "RS256", "typ", "JWT"))
                        + "."
                        + part(
                                Map.of(
                                        "iat",
                                        second - BEFORE_SECONDS,
                                        "exp",
                                        second + FOR_SECONDS,
                                        "iss",
                                        app));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed
                    + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform signs with RSA", e);
        }
    }

    private static String part(Map<String, Object> content) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Json.write(content).getBytes(StandardCharsets.UTF_8));
    }
}
