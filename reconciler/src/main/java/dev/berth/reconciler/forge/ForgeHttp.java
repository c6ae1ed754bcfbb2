package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.http.BoundedExchange;
import dev.berth.reconciler.http.BoundedExchange.Body;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Speaks HTTP with one forge: within a time, with answers of a size, no more often than it wants,
 * and with nobody else. Redirects, which is how renamed repos answer, are followed within the
 * server only. Thread-safe.
 */
final class ForgeHttp {
    private static final long MOST_BYTES = 16L << 20;
    private static final int MOST_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

    private final BoundedExchange exchange;
    private final Patience patience;

    /**
     * @param client follows no redirects
     * @param within an exchange, with its whole answer
     */
    ForgeHttp(HttpClient client, Duration within, Clockwork clock) {
        this.exchange = new BoundedExchange(client, within, MOST_BYTES);
        this.patience = new Patience(clock);
    }

    /**
     * What is asked.
     *
     * @param fields header fields; they hold what is secret
     * @param json {@code null} = no body
     */
    record Question(String method, URI uri, Map<String, String> fields, @Nullable String json) {
        /** Method and URL; nothing of the header. */
        @Override
        public String toString() {
            return method + " " + uri;
        }
    }

    /**
     * Asks, once.
     *
     * @return whatever came, also errors, but no wish to be left alone
     * @throws ForgeException if nothing came, or the forge wants to be left alone
     */
    Answer exchange(Question question) throws ForgeException {
        Duration left = patience.left();
        if (!left.isZero()) {
            throw limited(question, "was not sent", left);
        }
        URI uri = question.uri();
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            Answer answer = once(question, uri);
            Duration wait = patience.heed(answer);
            if (wait != null) {
                throw limited(question, "answered " + answer.status(), wait);
            } else if (!REDIRECTS.contains(answer.status())) {
                return answer;
            }
            uri = redirected(question, uri, answer);
        }
        throw new ForgeException(
                ForgeException.Kind.UNREADABLE,
                question + " was sent on again and again: look what stands before the forge");
    }

    private static ForgeException limited(Question question, String what, Duration wait) {
        return new ForgeException(
                ForgeException.Kind.LIMITED,
                "%s %s: the forge wants to be left alone and is asked again in %d s"
                        .formatted(question, what, Math.max(1, wait.toSeconds())),
                wait);
    }

    private static URI redirected(Question question, URI from, Answer answer)
            throws ForgeException {
        URI to;
        try {
            to = from.resolve(Objects.requireNonNullElse(answer.field("Location"), "//"));
        } catch (IllegalArgumentException e) {
            throw answer.unreadable("no place to go on to");
        }
        if (!origin(from).equals(origin(to))) {
            throw new ForgeException(
                    ForgeException.Kind.REFUSED,
                    "%s was sent on to another server, which gets no token: name the server that has the repo in the Instance, and its new URL where the repo is named"
                            .formatted(question));
        }
        return to;
    }

    private static String origin(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        int port = uri.getPort() < 0 ? (scheme.equals("https") ? 443 : 80) : uri.getPort();
        return "%s://%s:%d".formatted(scheme, uri.getHost(), port);
    }

    private Answer once(Question question, URI uri) throws ForgeException {
        String json = question.json();
        try {
            HttpResponse<String> came =
                    exchange.ask(
                            question.method(),
                            uri,
                            question.fields(),
                            json == null ? null : new Body("application/json", json));
            return new Answer(question.toString(), came.statusCode(), came.headers(), came.body());
        } catch (HttpTimeoutException | InterruptedIOException e) {
            throw unreachable(question, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw unreachable(question, "was not answered (%s)".formatted(why(e)));
        }
    }

    private static ForgeException unreachable(Question question, String what) {
        return new ForgeException(
                ForgeException.Kind.UNREACHABLE,
                "%s %s: it is asked again; if that lasts, look whether this machine reaches the forge"
                        .formatted(question, what));
    }

    private static String why(IOException e) {
        String kind = e.getClass().getSimpleName();
        return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
    }
}
