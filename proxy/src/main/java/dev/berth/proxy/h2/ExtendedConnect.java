package dev.berth.proxy.h2;

import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.WebSocketKey;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.random.RandomGenerator;

/**
 * WebSocket on a stream (RFC 8441 section 5): a CONNECT with {@code :protocol} becomes the upgrade
 * that HTTP/1 knows. Other protocols stay a CONNECT, which is refused.
 */
final class ExtendedConnect {
    private ExtendedConnect() {}

    /** Makes the head an upgrade if it asks for WebSocket. */
    static void translate(Http2Headers fields, RequestHead head, RandomGenerator random) {
        CharSequence protocol = fields.get(PseudoHeaderName.PROTOCOL.value());
        if (protocol == null || !AsciiString.contentEqualsIgnoreCase("websocket", protocol)) {
            return;
        }
        head.setMethod(HttpMethod.GET);
        head.translatedFromConnect();
        head.framed(0);
        head.headers()
                .remove(HttpHeaderNames.TRANSFER_ENCODING)
                .remove(HttpHeaderNames.CONTENT_LENGTH)
                .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, WebSocketKey.next(random));
    }
}
