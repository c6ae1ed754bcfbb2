package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.http.BoundedExchange;
import dev.berth.reconciler.http.BoundedExchange.Body;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP with the API of one DNS provider: within a time, with answers of a size, and
 * following no redirect, since what is sent is secret. Thread-safe.
 */
final class ProviderHttp {
    private static final long MOST_BYTES = 4L << 20;
    private static final int MOST_SAID = 200;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final String provider;
    private final URI base;
    private final BoundedExchange exchange;

    /**
     * @param provider its name, for messages
     * @param base what paths are put behind; without slash at its end
     * @param client follows no redirects
     */
    ProviderHttp(String provider, URI base, HttpClient client, Duration within) {
        this.provider = provider;
        this.base = base;
        this.exchange = new BoundedExchange(client, within, MOST_BYTES);
    }

    /**
     * What is asked.
     *
     * @param target path and query behind the base
     * @param body {@code null} = none
     */
    record Question(String method, String target, @Nullable String body, String type) {
        static Question get(String target) {
            return new Question("GET", target, null, "");
        }

        static Question delete(String target) {
            return new Question("DELETE", target, null, "");
        }

        static Question post(String target, Object json) {
            return new Question("POST", target, Json.write(json), "application/json");
        }

        static Question postXml(String target, String xml) {
            return new Question("POST", target, xml, "text/xml");
        }

        @Override
        public String toString() {
            return method + " " + target;
        }
    }

    /** What came. */
    record Answer(int status, String body, HttpHeaders headers) {
        boolean ok() {
            return status >= 200 && status <= 299;
        }
    }

    /** A text as a part of a query or a path. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Where a question goes. */
    URI uri(Question question) {
        return URI.create(base + question.target());
    }

    /**
     * Asks, once.
     *
     * @param fields header fields; they hold what is secret
     * @return whatever came, also errors
     * @throws DnsException if nothing came
     */
    Answer ask(Question question, Map<String, String> fields) throws DnsException {
        String body = question.body();
        try {
            HttpResponse<String> came =
                    exchange.ask(
                            question.method(),
                            uri(question),
                            fields,
                            body == null ? null : new Body(question.type(), body));
            return new Answer(
                    came.statusCode(),
                    came.statusCode() < 400 ? came.body() : without(fields.values(), came.body()),
                    came.headers());
        } catch (IllegalArgumentException e) { // it quotes what may be secret
            throw new DnsException(
                    "the credentials for %s have characters in them that can't be sent: look for line breaks"
                            .formatted(provider),
                    true,
                    null);
        } catch (HttpTimeoutException | InterruptedIOException e) {
            throw unreachable(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw unreachable(
                    "can't be reached (%s)"
                            .formatted(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    /** An error that repeats nothing of what was sent in secret. */
    private static String without(Collection<String> secrets, String said) {
        String clean = said;
        for (String secret : secrets) {
            clean = clean.replace(secret.substring(secret.lastIndexOf(' ') + 1), "***");
        }
        return clean;
    }

    private DnsException unreachable(String what) {
        return new DnsException("%s (%s) %s".formatted(provider, base.getAuthority(), what));
    }

    /**
     * An answer that says no.
     *
     * @param said in its own words; may be empty
     */
    DnsException refused(Question question, Answer answer, String said) {
        String words = said.replaceAll("\\s+", " ").strip();
        String quoted =
                words.isEmpty()
                        ? ""
                        : ": "
                                + (words.length() > MOST_SAID
                                        ? words.substring(0, MOST_SAID) + "…"
                                        : words);
        int status = answer.status();
        if (status == 401 || status == 403) {
            return new DnsException(
                    "%s refused %s with %d: look whether the credentials are right and may write there%s"
                            .formatted(provider, question, status, quoted),
                    true,
                    null);
        }
        boolean mends = status == 429 || status == 408 || status >= 500;
        return new DnsException(
                "%s answered %s with %d%s".formatted(provider, question, status, quoted),
                !mends,
                retryAfter(answer));
    }

    /** An answer that is not what its API says. */
    DnsException unreadable(Question question, Answer answer) {
        return new DnsException(
                "%s answered %s with %d and nothing that can be read"
                        .formatted(provider, question, answer.status()));
    }

    /**
     * The body of an answer that says yes, as JSON.
     *
     * @throws DnsException if it is none
     */
    <T> T read(Question question, Answer answer, Class<T> type) throws DnsException {
        try {
            T read = Json.read(answer.body(), type);
            if (read != null) {
                return read;
            }
        } catch (IllegalArgumentException e) {
            // said below, without a word of the body
        }
        throw unreadable(question, answer);
    }

    private static @Nullable Duration retryAfter(Answer answer) {
        String seconds = answer.headers().firstValue("Retry-After").orElse("");
        if (!seconds.matches("[0-9]{1,9}")) {
            return null;
        }
        Duration wait = Duration.ofSeconds(Long.parseLong(seconds));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
