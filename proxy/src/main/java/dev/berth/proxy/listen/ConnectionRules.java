package dev.berth.proxy.listen;

import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the client says about this connection and takes it out of the head (RFC 9110 section
 * 7.6.1): whether it stays open, and whether it asks for WebSocket (RFC 6455 section 4.1). Every
 * other upgrade, {@code h2c} first of all, is dropped: a tunnel would carry requests past the edge.
 */
final class ConnectionRules implements HeadRule {
    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpHeaders headers = head.headers();
        boolean webSocket =
                head.http11()
                        && head.method().equals(HttpMethod.GET)
                        && head.bodyLength() == 0
                        && headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)
                        && headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
        head.connection(HttpUtil.isKeepAlive(head), webSocket);
        head.takesTrailers(
                headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true));
        HopByHop.strip(headers);
        if (!head.http11()) {
            // A 1.0 client cannot be sent the 100 that the backend would wait for it to get.
            headers.remove(HttpHeaderNames.EXPECT);
        }
        return null;
    }
}
