package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import dev.berth.telemetry.intake.AccessRecord;
import dev.berth.telemetry.intake.AccessRecord.Event;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Collects what the access log says about one exchange. */
final class AccessEntry {
    private static final int CLIENT_GONE = 499;

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
    private long upstreamMicros = -1;
    private int retries;

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
        loop.counters().retry();
    }

    void upstreamAnswered() {
        upstreamMicros = sinceArrival();
    }

    void answered(int code) {
        status = code;
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
    }

    void log(Event event, String ended) {
        String app = route == null ? null : route.app();
        if (event != Event.UpgradeEnd) {
            loop.counters().request(app == null ? "" : app, status);
        }
        loop.log()
                .append(
                        new AccessRecord(
                                time,
                                event,
                                request.id(),
                                request.client(),
                                request.host().isEmpty() ? null : request.host(),
                                app,
                                request.method().name(),
                                request.target(),
                                request.protocol(),
                                status,
                                bytesIn,
                                bytesOut,
                                sinceArrival(),
                                upstream == null ? null : upstream.toString(),
                                upstreamMicros,
                                retries,
                                userAgent,
                                referer,
                                failure == null ? ended : failure.name()));
    }

    private long sinceArrival() {
        return (System.nanoTime() - request.arrivedNanos()) / 1000;
    }
}
