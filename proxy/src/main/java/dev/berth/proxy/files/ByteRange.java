package dev.berth.proxy.files;

import org.jspecify.annotations.Nullable;

/**
 * A part of a file.
 *
 * @param first offset of its first byte
 * @param length bytes; 0 = the range cannot be satisfied: 416
 */
public record ByteRange(long first, long length) {
    private static final String UNIT = "bytes=";

    /** Whether any byte of the file is in it. */
    public boolean satisfiable() {
        return length > 0;
    }

    /** The Content-Range value of a 206. */
    public String contentRange(long size) {
        return "bytes %d-%d/%d".formatted(first, first + length - 1, size);
    }

    /**
     * Reads a Range field (RFC 9110 section 14.2).
     *
     * @return {@code null} when the field is to be ignored: another unit, several ranges (a server
     *     may answer those with the whole) or not well-formed
     */
    public static @Nullable ByteRange parse(String field, long size) {
        String text = field.strip();
        int dash = text.indexOf('-', UNIT.length());
        if (!text.regionMatches(true, 0, UNIT, 0, UNIT.length())
                || dash < 0
                || text.indexOf(',') >= 0) {
            return null;
        }
        String first = text.substring(UNIT.length(), dash).strip();
        String last = text.substring(dash + 1).strip();
        if (!isDigits(first) || !isDigits(last) || (first.isEmpty() && last.isEmpty())) {
            return null;
        }
        if (first.isEmpty()) {
            long suffix = Math.min(number(last), size);
            return new ByteRange(size - suffix, suffix);
        }
        long from = number(first);
        long to = last.isEmpty() ? size - 1 : Math.min(number(last), size - 1);
        if (!last.isEmpty() && number(last) < from) {
            return null;
        }
        return new ByteRange(from, Math.max(0, to - from + 1));
    }

    private static boolean isDigits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Anything too large for a long is larger than any file. */
    private static long number(String digits) {
        return digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    }
}
