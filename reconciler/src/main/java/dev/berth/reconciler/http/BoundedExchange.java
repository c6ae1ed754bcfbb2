package dev.berth.reconciler.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks over HTTP, once: the whole answer comes within a time and is of a size, or none came.
 * Thread-safe.
 */
public final class BoundedExchange {
    private final HttpClient client;
    private final Duration within;
    private final long mostBytes;

    /**
     * @param within with the whole answer; the client's own limits end with its head
     */
    public BoundedExchange(HttpClient client, Duration within, long mostBytes) {
        this.client = client;
        this.within = within;
        this.mostBytes = mostBytes;
    }

    /**
     * What is sent.
     *
     * @param type its {@code Content-Type}
     */
    public record Body(String type, String text) {}

    /**
     * Asks.
     *
     * @param fields header fields; {@code User-Agent} is among them already
     * @param body {@code null} = none
     * @return whatever came, also errors; the body read as UTF-8
     * @throws HttpTimeoutException if it did not come in time; says so as one says it of the server
     * @throws InterruptedIOException likewise, if the thread was interrupted, which it stays
     * @throws IOException if nothing came; says what the client says
     * @throws IllegalArgumentException if a field can't be sent; may quote it
     */
    public HttpResponse<String> ask(
            String method, URI uri, Map<String, String> fields, @Nullable Body body)
            throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(within).setHeader("User-Agent", "Berth");
        fields.forEach(request::setHeader);
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.setHeader("Content-Type", body.type())
                    .method(method, BodyPublishers.ofString(body.text()));
        }
        CompletableFuture<HttpResponse<String>> coming =
                client.sendAsync(
                        request.build(),
                        BodyHandlers.limiting(
                                BodyHandlers.ofString(StandardCharsets.UTF_8), mostBytes));
        try {
            return coming.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case HttpTimeoutException _ -> late();
                case IOException known -> known;
                case null, default -> new IOException(String.valueOf(e.getCause()), e.getCause());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("was not waited for, as the process ends");
        } finally {
            coming.cancel(true);
        }
    }

    private HttpTimeoutException late() {
        return new HttpTimeoutException("did not answer within %d s".formatted(within.toSeconds()));
    }
}
