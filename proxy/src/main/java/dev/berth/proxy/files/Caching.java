package dev.berth.proxy.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a browser may keep a file without asking. A build tool's content hash in the name
 * ({@code app-3f9a1c2b.js}, {@code main.8c1d2e3f.css}) means that the content of that name never
 * changes; pages must always be asked for, or nobody would see a deploy.
 */
final class Caching {
    static final String IMMUTABLE = "public, max-age=31536000, immutable";
    static final String ASK = "no-cache";
    static final String SHORT = "public, max-age=60, must-revalidate";

    /** Seven characters or more of hex or base 64 after a separator and before the extensions. */
    private static final Pattern HASH =
            Pattern.compile(".[-.]([0-9A-Za-z_]{7,40})((?:\\.[A-Za-z0-9]{1,5}){1,2})$");

    private Caching() {}

    /** The Cache-Control value for a file of that name. */
    static String of(String fileName, String contentType) {
        if (contentType.startsWith("text/html")) {
            return ASK;
        }
        Matcher hash = HASH.matcher(fileName);
        return hash.find() && looksRandom(hash.group(1)) ? IMMUTABLE : SHORT;
    }

    /** A digit tells a hash from a word: {@code vendor-polyfills.js} is no hash. */
    private static boolean looksRandom(String text) {
        boolean digit = text.chars().anyMatch(Character::isDigit);
        boolean letter = text.chars().anyMatch(Character::isLetter);
        boolean hexDigits = text.length() >= 8 && text.chars().allMatch(Character::isDigit);
        boolean date = text.matches("(19|20)\\d{6}");
        return digit && (letter || hexDigits) && !date;
    }
}
