package dev.berth.proxy.exchange;

import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.WebSocketKey;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/** The change to WebSocket, in the words of HTTP/1 (RFC 6455 section 4). */
final class Upgrade {
    private Upgrade() {}

    /** Asks the backend for it. */
    static void ask(RequestHead request) {
        set(request.headers());
    }

    /** Whether a 101 is the answer to what was asked. A client of HTTP/1 checks the key itself. */
    static boolean accepts(RequestHead request, HttpResponse head) {
        return request.webSocket()
                && head.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true)
                && (!request.extendedConnect() || answersOurKey(request, head));
    }

    /** Makes the backend's 101 the client's. */
    static void forward(HttpResponse head) {
        HopByHop.strip(head.headers());
        set(head.headers());
    }

    private static boolean answersOurKey(RequestHead request, HttpResponse head) {
        return WebSocketKey.isAnswered(
                String.valueOf(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY)),
                head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
    }

    private static void set(HttpHeaders headers) {
        headers.set(HttpHeaderNames.CONNECTION, "upgrade")
                .set(HttpHeaderNames.UPGRADE, "websocket");
    }
}
