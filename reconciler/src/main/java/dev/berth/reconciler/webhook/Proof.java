package dev.berth.reconciler.webhook;

import dev.berth.reconciler.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a sender gives to show that it knows the secret. */
sealed interface Proof {
    /**
     * Nothing that could be right.
     *
     * @param why for people
     */
    record Absent(String why) implements Proof {}

    /**
     * HMAC-SHA256 of the body.
     *
     * @param sent what it may be, 32 bytes each; one has to fit
     * @param before what is hashed before the body
     * @param key how the secret becomes a key
     */
    record Hmac(List<byte[]> sent, String before, Key key) implements Proof {}

    /** The secret itself. */
    record Password(Secret given) implements Proof {}

    /** How a secret becomes the key of an HMAC. */
    enum Key {
        /** Its bytes are the key. */
        PLAIN,
        /**
         * What stands in Base64 after {@code whsec_}, as Standard Webhooks has it; without that
         * prefix its bytes.
         */
        STANDARD;

        private static final String PREFIX = "whsec_";

        /** The key; empty when there can't be one. */
        byte[] of(byte[] secret) {
            return switch (this) {
                case PLAIN -> secret;
                case STANDARD -> standard(secret);
            };
        }

        private static byte[] standard(byte[] secret) {
            String text = new String(secret, StandardCharsets.ISO_8859_1).strip();
            if (!text.startsWith(PREFIX)) {
                return secret;
            }
            byte[] decoded = base64(text.substring(PREFIX.length()));
            return decoded == null ? secret : decoded;
        }
    }

    /**
     * A signature in hex.
     *
     * @param header with {@code sha256=} before it, or without; {@code null} = there is none
     */
    static Proof hex(@Nullable String header, String name) {
        if (header == null || header.isBlank()) {
            return new Absent("it has no " + name + ": give the webhook a secret");
        }
        String text = header.strip().toLowerCase(Locale.ROOT);
        String digits = text.startsWith("sha256=") ? text.substring(7) : text;
        if (digits.length() != 64 || !digits.chars().allMatch(HexFormat::isHexDigit)) {
            return new Absent(name + " is not a SHA-256 in hex");
        }
        return new Hmac(List.of(HexFormat.of().parseHex(digits)), "", Key.PLAIN);
    }

    /** {@code null} when it is not Base64. */
    static byte @Nullable [] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
