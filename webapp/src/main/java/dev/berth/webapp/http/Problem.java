package dev.berth.webapp.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An error answer: RFC 9457 problem details, {@code application/problem+json}.
 *
 * @param type {@code urn:berth:problem:<name>}; stable across versions
 * @param title the kind of problem; the same for each of its type
 * @param status the HTTP status
 * @param detail what is wrong here and what to do
 * @param instance path of the request
 */
public record Problem(
        String type, String title, int status, @Nullable String detail, String instance) {
    /** The media type of the JSON form. */
    public static final String JSON = "application/problem+json";

    static Problem of(int status, @Nullable String detail, String instance) {
        String title = title(status);
        return new Problem(
                "urn:berth:problem:" + title.toLowerCase(Locale.ROOT).replace(' ', '-'),
                title,
                status,
                detail,
                instance);
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad request";
            case 401 -> "Not authorised";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 406 -> "Not acceptable";
            case 413 -> "Content too large";
            case 415 -> "Unsupported media type";
            case 503 -> "Not available";
            default -> status >= 500 ? "Internal error" : "Request refused";
        };
    }
}
