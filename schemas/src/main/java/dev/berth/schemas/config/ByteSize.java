package dev.berth.schemas.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or disk; in YAML {@code 512Mi}, {@code 1Gi}, {@code 64Ki} or a plain number
 * of bytes.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {
    /** The form of a size in YAML. */
    public static final String PATTERN = "[0-9]{1,15}(Ki|Mi|Gi|Ti)?";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(Ki|Mi|Gi|Ti)?");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + bytes);
        }
    }

    /**
     * Reads the YAML form.
     *
     * @throws IllegalArgumentException if the text has another form or is over 8 EiB
     */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size such as 512Mi: " + text);
        }
        String unit = matcher.group(2) == null ? "" : matcher.group(2);
        int shift =
                switch (unit) {
                    case "Ki" -> 10;
                    case "Mi" -> 20;
                    case "Gi" -> 30;
                    case "Ti" -> 40;
                    default -> 0;
                };
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("size too large: " + text);
        }
        return new ByteSize(number << shift);
    }
}
