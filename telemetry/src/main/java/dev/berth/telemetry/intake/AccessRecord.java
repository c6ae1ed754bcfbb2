package dev.berth.telemetry.intake;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request as the edge saw it. A request writes one record when it has ended; an upgraded
 * connection writes one when it begins and one when it ends, both with the same id.
 *
 * @param time when the head of the request was complete
 * @param event which of the moments this is
 * @param id the request id, the same as in {@code X-Request-Id}
 * @param client IP address of the peer
 * @param host lower-case, without port; {@code null} when the request never got a valid one
 * @param app the app that answered; {@code null} for redirects and refusals
 * @param target path and query as received; {@code null} when the request line was not readable
 * @param protocol {@code HTTP/1.1}
 * @param status as sent; 499 when the client went away before there was one
 * @param bytesIn body bytes received
 * @param bytesOut body bytes handed to the connection
 * @param durationMicros from the complete head to the last byte of the answer
 * @param upstream {@code address:port} of the last backend asked; {@code null} when none was
 * @param upstreamMicros from the complete head to the first byte of the backend's answer; -1 when
 *     there was no answer
 * @param retries backends tried before the last one
 * @param ended what ended it: {@code complete} or the reason it was cut short
 */
public record AccessRecord(
        Instant time,
        Event event,
        String id,
        String client,
        @Nullable String host,
        @Nullable String app,
        @Nullable String method,
        @Nullable String target,
        String protocol,
        int status,
        long bytesIn,
        long bytesOut,
        long durationMicros,
        @Nullable String upstream,
        long upstreamMicros,
        int retries,
        @Nullable String userAgent,
        @Nullable String referer,
        String ended) {

    /** The moment a record tells of. */
    public enum Event {
        Request("request"),
        UpgradeStart("upgrade-start"),
        UpgradeEnd("upgrade-end");

        private final String word;

        Event(String word) {
            this.word = word;
        }

        /** As written in the log. */
        public String word() {
            return word;
        }
    }
}
