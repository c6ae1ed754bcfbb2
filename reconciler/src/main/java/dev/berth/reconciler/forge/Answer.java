package dev.berth.reconciler.forge;

import dev.berth.schemas.Json;
import java.net.http.HttpHeaders;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a forge answered.
 *
 * @param asked method and URL, for messages
 * @param body as UTF-8
 */
record Answer(String asked, int status, HttpHeaders headers, String body) {
    private static final int MOST_SAID = 200;

    /** What GitHub and Gitea, and in its second form GitLab, say of an error. */
    private record Said(@Nullable Object message, @Nullable Object error) {}

    /** One header field; {@code null} when it is not there. */
    @Nullable String field(String name) {
        return headers.firstValue(name).orElse(null);
    }

    /** A header field that is a number, not negative. */
    OptionalInt number(String name) {
        String value = field(name);
        return value != null && value.matches("[0-9]{1,9}")
                ? OptionalInt.of(Integer.parseInt(value))
                : OptionalInt.empty();
    }

    /** One that says nothing of what was sent with the question. */
    Answer without(Collection<String> secrets) {
        String clean = body;
        for (String secret : status < 400 ? List.<String>of() : secrets) {
            clean = clean.replace(secret.substring(secret.indexOf(' ') + 1), "***");
        }
        return new Answer(asked, status, headers, clean);
    }

    private boolean isJson() {
        String type = headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return type.matches("application/([a-z0-9.+-]+\\+)?json\\b.*");
    }

    /**
     * The body, read.
     *
     * @throws ForgeException if it is not JSON of that form
     */
    <T> T as(Class<T> type) throws ForgeException {
        if (!isJson()) {
            throw unreadable("no JSON but " + headers.firstValue("Content-Type").orElse("nothing"));
        }
        try {
            T read = Json.read(body, type);
            if (read != null) {
                return read;
            }
        } catch (IllegalArgumentException e) {
            throw unreadable("JSON that is cut off or of another form");
        }
        throw unreadable("null");
    }

    /** It came, but is not what its API says. */
    ForgeException unreadable(String what) {
        return new ForgeException(
                ForgeException.Kind.UNREADABLE,
                "%s answered %d with %s: it is asked again; if that lasts, look whether something stands between Berth and the forge, or set api of the forge in the Instance"
                        .formatted(asked, status, what));
    }

    /** What it said went wrong, in one line; empty when it said nothing that can be read. */
    String said() {
        if (!isJson()) {
            return "";
        }
        try {
            Said said = Json.read(body, Said.class);
            Object first = said.message() == null ? said.error() : said.message();
            String text = first == null ? "" : first.toString().replaceAll("\\s+", " ").strip();
            return text.length() <= MOST_SAID ? text : text.substring(0, MOST_SAID) + "…";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
