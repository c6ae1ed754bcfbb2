package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.LoggedText;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.TlsFacts;
import dev.berth.proxy.observe.Counters;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import dev.berth.telemetry.intake.AccessRecord;
import dev.berth.telemetry.intake.AccessRecord.Event;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Collects what the access log and the metrics say about one exchange. */
final class AccessEntry {
    private static final int CLIENT_GONE = 499;

    /** An answer that is still going on then is told of before it ends. */
    private static final long LONG_NANOS = 10_000_000_000L;

    private final EdgeLoop loop;
    private final RequestHead request;
    private final Instant time;
    private final @Nullable String userAgent;
    private final @Nullable String referer;
    private @Nullable Route route;
    private @Nullable Backend upstream;
    private @Nullable Failure failure;
    private int status = CLIENT_GONE;
    private long bytesIn;
    private long bytesOut;
    private long firstByteMicros = -1;
    private long connectMicros = -1;
    private long upstreamMicros = -1;
    private long heldMicros = -1;
    private long connectBegan;
    private int retries;
    private boolean streams;

    AccessEntry(EdgeLoop loop, RequestHead request) {
        this.loop = loop;
        this.request = request;
        this.time = loop.clock().instant();
        this.userAgent = request.headers().get(HttpHeaderNames.USER_AGENT);
        this.referer = request.headers().get(HttpHeaderNames.REFERER);
    }

    void route(Route chosen) {
        route = chosen;
    }

    void asked(Backend backend) {
        upstream = backend;
    }

    void retried() {
        retries++;
        loop.counters().retry(app());
    }

    /** A new connection to a backend is being made. */
    void connects() {
        connectBegan = System.nanoTime();
    }

    /** It is there, or will not be. */
    void connectEnded() {
        connectMicros = Math.max(connectMicros, 0) + (System.nanoTime() - connectBegan) / 1000;
    }

    /** It has waited for its app for so long. */
    void held(long nanos) {
        heldMicros = Math.max(heldMicros, 0) + nanos / 1000;
        loop.counters().held(app());
    }

    /** It has waited in vain. */
    void holdExpired() {
        loop.counters().holdExpired(app());
    }

    void upstreamAnswered() {
        upstreamMicros = sinceArrival();
    }

    /** The head of the answer, or of the refusal to give one, is written. */
    void answered(int code) {
        status = code;
        firstByteMicros = sinceArrival();
    }

    void failed(Failure reason) {
        failure = reason;
    }

    void received(long bytes) {
        bytesIn += bytes;
    }

    long bytesIn() {
        return bytesIn;
    }

    void sent(long bytes) {
        bytesOut += bytes;
        if (!streams && sinceArrival() - firstByteMicros > LONG_NANOS / 1000) {
            streamBegins();
        }
    }

    /** The answer has no end in sight: its beginning is told, too. */
    void streamBegins() {
        if (!streams) {
            streams = true;
            append(Event.StreamStart, "open", sinceArrival());
        }
    }

    /** The exchange has become a tunnel. */
    void tunnelBegins() {
        long micros = sinceArrival();
        count(micros);
        append(Event.UpgradeStart, "open", micros);
    }

    void tunnelEnded(String why) {
        loop.counters().bytes(app(), bytesIn, bytesOut);
        append(Event.UpgradeEnd, why, sinceArrival());
    }

    /** The exchange is over. */
    void ended(String why) {
        long micros = sinceArrival();
        count(micros);
        append(streams ? Event.StreamEnd : Event.Request, why, micros);
    }

    private void count(long micros) {
        loop.counters().request(app(), status, new Counters.Cost(micros, bytesIn, bytesOut));
        if (failure == Failure.TooManyRequests) {
            loop.counters().rateLimited(app());
        }
    }

    private String app() {
        String app = route == null ? null : route.app();
        return app == null ? "" : app;
    }

    private void append(Event event, String why, long micros) {
        loop.log()
                .append(
                        new AccessRecord(
                                time,
                                event,
                                request.id(),
                                request.traceId(),
                                request.client(),
                                request.method().name(),
                                LoggedText.address(request.target()),
                                request.protocol(),
                                tls(request.tls()),
                                place(),
                                status,
                                bytesIn,
                                bytesOut,
                                new AccessRecord.Timing(
                                        micros,
                                        firstByteMicros,
                                        connectMicros,
                                        upstreamMicros,
                                        heldMicros),
                                retries,
                                userAgent,
                                referer == null ? null : LoggedText.address(referer),
                                failure == null ? null : failure.token(),
                                failure == null ? why : failure.name()));
    }

    private AccessRecord.Place place() {
        return new AccessRecord.Place(
                request.host().isEmpty() ? null : request.host(),
                route == null ? null : route.host() + route.path(),
                route == null ? null : route.app(),
                upstream == null ? null : upstream.toString());
    }

    private static AccessRecord.@Nullable Tls tls(@Nullable TlsFacts facts) {
        return facts == null
                ? null
                : new AccessRecord.Tls(facts.version(), facts.cipher(), facts.resumed());
    }

    private long sinceArrival() {
        return (System.nanoTime() - request.arrivedNanos()) / 1000;
    }
}
