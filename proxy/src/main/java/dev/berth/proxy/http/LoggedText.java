package dev.berth.proxy.http;

import java.util.regex.Pattern;

/**
 * Addresses as they stand in the log. People put tokens into query strings, and who reads the log
 * must not get them: the value of each parameter whose name sounds like a secret is left out.
 */
public final class LoggedText {
    private static final String LEFT_OUT = "***";
    private static final Pattern SECRET =
            Pattern.compile(
                    "(?i).*(token|secret|passw|pwd|passphrase|api[-_.]?key|apikey|auth|credential"
                            + "|session|signature|jwt|otp|assertion).*|sig|sid|key|code|state|pass|p");

    private LoggedText() {}

    /** A path with its query, or a URL, without what sounds secret. */
    public static String address(String text) {
        int query = text.indexOf('?');
        return query < 0 || text.indexOf('=', query) < 0 ? text : masked(text, query + 1);
    }

    private static String masked(String text, int query) {
        StringBuilder out = new StringBuilder(text.length()).append(text, 0, query);
        int at = query;
        while (at <= text.length()) {
            int end = text.indexOf('&', at);
            end = end < 0 ? text.length() : end;
            int equals = text.indexOf('=', at);
            if (equals >= 0 && equals < end && isSecret(text.substring(at, equals))) {
                out.append(text, at, equals + 1).append(LEFT_OUT);
            } else {
                out.append(text, at, end);
            }
            if (end < text.length()) {
                out.append('&');
            }
            at = end + 1;
        }
        return out.toString();
    }

    /** Who hides a letter of the name behind a percent sign has no parameter that apps expect. */
    private static boolean isSecret(String name) {
        return name.length() > 256 || name.indexOf('%') >= 0 || SECRET.matcher(name).matches();
    }
}
