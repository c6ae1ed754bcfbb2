package dev.berth.reconciler.notify;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON and wants a 2xx. Redirects are not followed: what is signed or secret goes nowhere
 * else. Says nothing of URLs, which may be secrets. Thread-safe.
 */
final class HttpPost {
    private final Duration within;
    private final Object lock = new Object();
    private @Nullable HttpClient client; // made when first needed: most never need it

    /**
     * @param within connection, request, answer and its whole body
     */
    HttpPost(Duration within) {
        this.within = within;
    }

    /**
     * Posts once.
     *
     * @throws IOException if no 2xx came in time
     */
    void post(String url, String json, Map<String, String> fields) throws IOException {
        CompletableFuture<HttpResponse<Void>> answer =
                client().sendAsync(
                                request(url, json, fields), HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(within.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            if (status < 200 || status > 299) {
                throw new IOException("the endpoint answered " + status);
            }
        } catch (ExecutionException e) {
            throw new IOException(
                    "the endpoint can't be reached: " + kind(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(
                    "the endpoint did not answer within " + within.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the process ends");
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(String url, String json, Map<String, String> fields)
            throws IOException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url))
                            .timeout(within)
                            .header("Content-Type", "application/json")
                            .header("User-Agent", "Berth")
                            .POST(HttpRequest.BodyPublishers.ofString(json));
            fields.forEach(request::header);
            return request.build();
        } catch (IllegalArgumentException _) { // it quotes the URL
            throw new IOException("its URL is not one that can be called: write it as https://…");
        }
    }

    private HttpClient client() {
        synchronized (lock) {
            HttpClient known = client;
            if (known == null) {
                known =
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .connectTimeout(within)
                                .followRedirects(HttpClient.Redirect.NEVER)
                                .build();
                client = known;
            }
            return known;
        }
    }

    private static String kind(@Nullable Throwable cause) {
        return cause == null ? "no cause" : cause.getClass().getSimpleName();
    }
}
