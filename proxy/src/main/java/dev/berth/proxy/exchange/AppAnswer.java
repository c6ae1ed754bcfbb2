package dev.berth.proxy.exchange;

import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.StickyCookie;
import dev.berth.schemas.edge.Route;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/**
 * The final head of a backend's answer and what follows from it: whether the connection serves
 * again, the sticky cookie, the grace of an event stream. Confined to the event loop.
 */
final class AppAnswer {
    private final Exchange exchange;
    private final BackendSearch search;
    private final Runnable onGraceOver;
    private @Nullable StreamGrace grace;
    private boolean begun;
    private boolean reusable;

    /**
     * None yet.
     *
     * @param onGraceOver an event stream has to end because its backend left the routes
     */
    AppAnswer(Exchange exchange, BackendSearch search, Runnable onGraceOver) {
        this.exchange = exchange;
        this.search = search;
        this.onGraceOver = onGraceOver;
    }

    /** Whether the head has come. */
    boolean begun() {
        return begun;
    }

    /** Whether the connection may serve another request after this answer. */
    boolean reusable() {
        return reusable;
    }

    /** Sends the head on. */
    void begin(HttpResponse head) {
        RequestHead request = exchange.request();
        begun = true;
        reusable = HttpUtil.isKeepAlive(head);
        exchange.entry().upstreamAnswered();
        HopByHop.strip(head.headers());
        int status = head.status().code();
        search.answered(status);
        stick(request, head);
        boolean hasBody = !request.isHead() && status != 204 && status != 304;
        exchange.client().await(Wait.ResponseBody);
        exchange.answer().relayed(head, hasBody);
        watchStream(head);
    }

    /** The answer has ended or is broken off. */
    void close() {
        if (grace != null) {
            grace.close();
        }
    }

    /** An event stream has a grace of its own: its clients come back by themselves. */
    private void watchStream(HttpResponse head) {
        String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
        CharSequence mime = type == null ? null : HttpUtil.getMimeType(type);
        if (!HttpHeaderValues.TEXT_EVENT_STREAM.contentEqualsIgnoreCase(mime)) {
            return;
        }
        exchange.entry().streamBegins();
        BackendLoad backend = search.backend();
        if (backend != null) {
            grace =
                    StreamGrace.begin(
                            exchange.loop().pool().loop(),
                            backend,
                            exchange.policy().streamGrace(),
                            onGraceOver);
        }
    }

    private void stick(RequestHead request, HttpResponse head) {
        Route route = exchange.destination().route();
        BackendLoad backend = search.backend();
        if (route != null && backend != null && route.policy().sticky()) {
            String cookie =
                    StickyCookie.forAnswer(route, backend, request.headers(), request.secure());
            if (!cookie.isEmpty()) {
                head.headers().add(HttpHeaderNames.SET_COOKIE, cookie);
            }
        }
    }
}
