package dev.berth.telemetry.intake;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request as the edge saw it. A request writes one record when it has ended; an upgraded
 * connection and an answer that goes on for long write one when they begin and one when they end,
 * both with the same id.
 *
 * @param time when the head of the request was complete
 * @param event which of the moments this is
 * @param id the request id, the same as in {@code X-Request-Id}
 * @param trace the trace that it belongs to, 32 hex digits; {@code null} when it never got one
 * @param client IP address of who asked, as far as it is known for certain
 * @param method {@code null} when the request line was not readable
 * @param target path and query, without what looks secret
 * @param protocol {@code HTTP/1.1}
 * @param tls what its connection's handshake has settled; {@code null} without TLS
 * @param place where it went
 * @param status as sent; 499 when the client went away before there was one
 * @param bytesIn body bytes received
 * @param bytesOut body bytes handed to the connection
 * @param timing how long all took
 * @param retries backends tried before the last one
 * @param error the error type of RFC 9209 that the answer names; {@code null} when it names none
 * @param ended what ended it: {@code complete} or the reason it was cut short
 */
public record AccessRecord(
        Instant time,
        Event event,
        String id,
        @Nullable String trace,
        String client,
        @Nullable String method,
        @Nullable String target,
        String protocol,
        @Nullable Tls tls,
        Place place,
        int status,
        long bytesIn,
        long bytesOut,
        Timing timing,
        int retries,
        @Nullable String userAgent,
        @Nullable String referer,
        @Nullable String error,
        String ended) {

    /** The moment a record tells of. */
    public enum Event {
        Request("request"),
        UpgradeStart("upgrade-start"),
        UpgradeEnd("upgrade-end"),
        StreamStart("stream-start"),
        StreamEnd("stream-end");

        private final String word;

        Event(String word) {
            this.word = word;
        }

        /** As written in the log. */
        public String word() {
            return word;
        }
    }

    /**
     * A handshake.
     *
     * @param version {@code TLSv1.3}
     * @param resumed {@code null} when not known
     */
    public record Tls(String version, String cipher, @Nullable Boolean resumed) {}

    /**
     * Where a request went.
     *
     * @param host lower-case, without port; {@code null} when the request never got a valid one
     * @param route host and path of the route that it fell to; {@code null} when none has it
     * @param app the app that answered; {@code null} for redirects and refusals
     * @param upstream {@code address:port} of the last backend asked; {@code null} when none was
     */
    public record Place(
            @Nullable String host,
            @Nullable String route,
            @Nullable String app,
            @Nullable String upstream) {}

    /**
     * Times in microseconds; -1 = there was no such moment.
     *
     * @param duration from the complete head to the last byte of the answer
     * @param firstByte from the complete head to the head of the answer
     * @param connect spent on making connections to backends
     * @param upstream from the complete head to the head of the backend's answer
     * @param held that it waited for its app
     */
    public record Timing(long duration, long firstByte, long connect, long upstream, long held) {}
}
