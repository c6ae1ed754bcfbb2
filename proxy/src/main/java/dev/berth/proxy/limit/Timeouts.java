package dev.berth.proxy.limit;

import java.time.Duration;

/**
 * Every limit of time in one place. All limit silence or the lack of progress, never the length of
 * a body: an upload may take hours as long as it moves.
 *
 * @param connect to a backend
 * @param requestHead from the first byte of a request (or the accept) to its complete head
 * @param nextRequest an idle client connection is kept
 * @param requestBody between two pieces of a request body
 * @param responseHead from the complete request to the response head
 * @param responseBody between two pieces of a response body
 * @param stall the receiver of a body takes nothing
 * @param tunnel an upgraded connection is silent
 * @param upstreamIdle a pooled backend connection is kept; shorter than the 5 s of Node.js, so that
 *     the backend is never the first to close
 * @param linger a closed connection still reads, so that the client gets its last answer
 * @param drain a stopping edge waits for requests to end
 */
public record Timeouts(
        Duration connect,
        Duration requestHead,
        Duration nextRequest,
        Duration requestBody,
        Duration responseHead,
        Duration responseBody,
        Duration stall,
        Duration tunnel,
        Duration upstreamIdle,
        Duration linger,
        Duration drain) {

    /** The values of a running edge. */
    public static final Timeouts DEFAULT =
            new Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(2),
                    Duration.ofHours(1),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(30));

    /** The limit for that kind of waiting. */
    public Duration of(Wait wait) {
        return switch (wait) {
            case NextRequest -> nextRequest;
            case RequestHead -> requestHead;
            case RequestBody -> requestBody;
            case BackendTakesBody, ClientTakesBody -> stall;
            case ResponseHead -> responseHead;
            case ResponseBody -> responseBody;
            case Tunnel -> tunnel;
            case ClientClose -> linger;
        };
    }
}
