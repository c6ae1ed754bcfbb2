package dev.berth.reconciler.secret;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A typed value as sops sees it. Its bytes are at once what is encrypted and what goes into the
 * MAC: text as UTF-8, whole numbers in decimal, other numbers without an exponent, {@code True} and
 * {@code False}. Prints its type only.
 */
final class SopsValue {
    /** The types, by their names in {@code type:…}. */
    enum Type {
        STR,
        INT,
        FLOAT,
        BOOL,
        BYTES,
        TIME,
        COMMENT;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable Type of(String text) {
            for (Type type : values()) {
                if (type.text().equals(text)) {
                    return type;
                }
            }
            return null;
        }
    }

    private final Type type;
    private final byte[] bytes;

    private SopsValue(Type type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static SopsValue text(String text) {
        return new SopsValue(Type.STR, text.getBytes(StandardCharsets.UTF_8));
    }

    static SopsValue comment(String text) {
        return new SopsValue(Type.COMMENT, text.getBytes(StandardCharsets.UTF_8));
    }

    static SopsValue whole(long number) {
        return ascii(Type.INT, Long.toString(number));
    }

    static SopsValue decimal(double number) {
        return ascii(Type.FLOAT, decimalText(number));
    }

    static SopsValue bool(boolean value) {
        return ascii(Type.BOOL, value ? "True" : "False");
    }

    static SopsValue time(String rfc3339) {
        return ascii(Type.TIME, rfc3339);
    }

    /**
     * What was decrypted, brought into the form that the MAC is made of.
     *
     * @return {@code null} when the bytes are no value of that type
     */
    static @Nullable SopsValue decrypted(Type type, byte[] plain) {
        String text = new String(plain, StandardCharsets.UTF_8);
        try {
            return switch (type) {
                case STR, BYTES, COMMENT, TIME -> new SopsValue(type, plain);
                case INT -> whole(Long.parseLong(text));
                case FLOAT -> decimal(Double.parseDouble(text));
                case BOOL ->
                        switch (text) {
                            case "True", "true", "TRUE", "T", "t", "1" -> bool(true);
                            case "False", "false", "FALSE", "F", "f", "0" -> bool(false);
                            default -> null;
                        };
            };
        } catch (NumberFormatException e) {
            return null;
        }
    }

    Type type() {
        return type;
    }

    byte[] bytes() {
        return bytes;
    }

    /** As YAML 1.2 writes it; bytes that are no UTF-8 come out changed. */
    String text() {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return type == Type.BOOL ? text.toLowerCase(Locale.ROOT) : text;
    }

    boolean isText() {
        return Arrays.equals(
                new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
    }

    boolean isSame(SopsValue other) {
        return type == other.type && java.security.MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "*** (" + type.text() + ")";
    }

    private static SopsValue ascii(Type type, String text) {
        return new SopsValue(type, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The shortest digits that give this number, as Go's {@code FormatFloat(x, 'f', -1, 64)}. */
    private static String decimalText(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        } else if (Double.isInfinite(number)) {
            return number > 0 ? "+Inf" : "-Inf";
        }
        BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        boolean negativeZero = number == 0 && 1 / number < 0;
        return (negativeZero ? "-" : "") + exact.toPlainString();
    }
}
