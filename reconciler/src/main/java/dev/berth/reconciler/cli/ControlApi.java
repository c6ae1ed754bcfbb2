package dev.berth.reconciler.cli;

import dev.berth.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks control's JSON API on this machine. */
final class ControlApi {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final URI root;

    /**
     * @param root {@code http://127.0.0.1:9080}
     */
    ControlApi(URI root) {
        this.root = root;
    }

    /**
     * The body of an answer with status 200.
     *
     * @param path with its query, starting with '/'
     * @throws Unanswered if there is none
     */
    String get(String path) throws Unanswered {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(DEADLINE).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(root.resolve(path))
                            .timeout(DEADLINE)
                            .header("Accept", "application/json")
                            .build();
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new Unanswered(refusal(response));
            }
            return response.body();
        } catch (IOException e) {
            throw new Unanswered(
                    "control does not answer at %s: is Berth up? Start it with: berth up"
                            .formatted(root));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unanswered("interrupted while waiting for control");
        }
    }

    private String refusal(HttpResponse<String> response) {
        String detail = null;
        try {
            detail = Json.read(response.body(), ProblemDetails.class).detail();
        } catch (IllegalArgumentException e) {
            // Not an answer of ours; its status says all we can tell.
        }
        return detail == null
                ? "control answered %d at %s".formatted(response.statusCode(), response.uri())
                : detail;
    }

    /** RFC 9457. */
    private record ProblemDetails(@Nullable String detail) {}

    /** There is no answer; the message says why, for people. */
    static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1L;

        Unanswered(String message) {
            super(message);
        }
    }
}
