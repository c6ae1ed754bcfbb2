package dev.berth.schemas.status;

import java.util.regex.Pattern;

/**
 * Words of people whom nobody here knows, such as titles of pull requests, made fit to stand among
 * ours: nothing in them turns the text beside them around, or speaks to a terminal. They are not
 * escaped for any page. Pure.
 */
final class ForeignWords {
    /** Characters of one line that are kept. */
    static final int MOST = 120;

    private static final String DIRECTION =
            "\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069"; // Unicode UAX #9, Bidi_Control
    private static final Pattern TURNING = Pattern.compile("[" + DIRECTION + "]");
    private static final Pattern BREAKS = Pattern.compile("[\\p{Cc}\\u2028\\u2029\\s]+");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

    private ForeignWords() {}

    /** On one line, and no longer than {@link #MOST}; what was cut ends with an ellipsis. */
    static String line(String words) {
        String turned = TURNING.matcher(words).replaceAll("");
        String line = BREAKS.matcher(turned).replaceAll(" ").strip();
        return line.codePointCount(0, line.length()) <= MOST
                ? line
                : line.substring(0, line.offsetByCodePoints(0, MOST - 1)).strip() + "…";
    }

    /** All of it, with its lines. */
    static String lines(String words) {
        String turned = TURNING.matcher(words).replaceAll("");
        return CONTROLS.matcher(turned).replaceAll("");
    }
}
