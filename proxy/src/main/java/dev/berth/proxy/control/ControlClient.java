package dev.berth.proxy.control;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * The two requests that the edge makes of control. Blocking, thread-safe; the token is read from
 * its file for each request, so that a new one needs no restart.
 */
final class ControlClient implements AutoCloseable {
    /** Longer than control holds a poll (25 s). */
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(40);

    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(5);

    private final URI base;
    private final Path tokenFile;
    private final HttpClient http;

    ControlClient(URI base, Path tokenFile) {
        this.base = base;
        this.tokenFile = tokenFile;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(2))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
    }

    /**
     * What control said.
     *
     * @param status of HTTP
     */
    record Answer(int status, String body) {}

    /** Waits for a snapshot with another version than this one; 204 when there was none. */
    Answer poll(long have) throws IOException, InterruptedException {
        return send(
                request("/edge/v1/snapshots?have=" + have, POLL_TIMEOUT)
                        .header("Accept", "application/json")
                        .GET());
    }

    /** Hands a report in. */
    Answer report(EdgeReport report) throws IOException, InterruptedException {
        return send(
                request("/edge/v1/reports", REPORT_TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(Json.write(report))));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String pathAndQuery, Duration timeout) throws IOException {
        return HttpRequest.newBuilder(base.resolve(pathAndQuery))
                .timeout(timeout)
                .header("Authorization", "Bearer " + token());
    }

    private String token() throws IOException {
        try {
            return Files.readString(tokenFile).strip();
        } catch (IOException e) {
            throw new IOException("the token file %s cannot be read".formatted(tokenFile), e);
        }
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }
}
