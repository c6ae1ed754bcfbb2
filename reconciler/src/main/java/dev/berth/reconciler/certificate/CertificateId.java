package dev.berth.reconciler.certificate;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Names a certificate by what is asked for: the same names from the same directory by the same
 * profile are the same certificate, however often it is renewed.
 *
 * @param text 16 hexadecimal digits
 */
public record CertificateId(String text) implements Comparable<CertificateId> {
    private static final int DIGITS = 16;

    /** That of a request. */
    public static CertificateId of(
            SortedSet<String> names, URI directory, @Nullable String profile) {
        return new CertificateId(hash(String.join(" ", names) + "\n" + directory + "\n" + profile));
    }

    /** The first digits of a text's hash. */
    static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public int compareTo(CertificateId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
