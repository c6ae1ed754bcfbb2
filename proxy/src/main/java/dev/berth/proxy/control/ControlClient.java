package dev.berth.proxy.control;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The two requests that the edge makes of control. Blocking, thread-safe; the token is read from
 * its file for each request, so that a new one needs no restart. Uses the JDK's old client: the new
 * one sets up TLS before the first byte and costs a third of the edge's start.
 */
final class ControlClient {
    /** Longer than control holds a poll (25 s). */
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(40);

    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final URI base;
    private final Path tokenFile;

    ControlClient(URI base, Path tokenFile) {
        this.base = base;
        this.tokenFile = tokenFile;
    }

    /**
     * What control said.
     *
     * @param status of HTTP
     */
    record Answer(int status, String body) {}

    /** Waits for a snapshot with another version than this one; 204 when there was none. */
    Answer poll(long have) throws IOException {
        HttpURLConnection request = open("/edge/v1/snapshots?have=" + have, POLL_TIMEOUT);
        request.setRequestProperty("Accept", "application/json");
        return answer(request);
    }

    /** Hands a report in. */
    Answer report(EdgeReport report) throws IOException {
        HttpURLConnection request = open("/edge/v1/reports", REPORT_TIMEOUT);
        request.setRequestMethod("POST");
        request.setRequestProperty("Content-Type", "application/json");
        request.setDoOutput(true);
        try (OutputStream out = request.getOutputStream()) {
            out.write(Json.write(report).getBytes(StandardCharsets.UTF_8));
        }
        return answer(request);
    }

    /** What went wrong, in few words. */
    static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private HttpURLConnection open(String pathAndQuery, Duration timeout) throws IOException {
        HttpURLConnection request =
                (HttpURLConnection) base.resolve(pathAndQuery).toURL().openConnection();
        request.setConnectTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
        request.setReadTimeout(Math.toIntExact(timeout.toMillis()));
        request.setInstanceFollowRedirects(false);
        request.setUseCaches(false);
        request.setRequestProperty("Authorization", "Bearer " + token());
        return request;
    }

    private String token() throws IOException {
        try {
            return Files.readString(tokenFile).strip();
        } catch (IOException e) {
            throw new IOException("the token file %s cannot be read".formatted(tokenFile), e);
        }
    }

    /** Reads the answer to its end, which lets the connection be used again. */
    private static Answer answer(HttpURLConnection request) throws IOException {
        int status = request.getResponseCode();
        InputStream body = status < 400 ? request.getInputStream() : request.getErrorStream();
        if (body == null) {
            return new Answer(status, "");
        }
        try (body) {
            return new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
