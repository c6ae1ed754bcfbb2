package dev.berth.proxy.listen;

import dev.berth.proxy.front.Forwarding;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.RequestIds;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the backend who asks, in fields that it can believe: what the client itself wrote into them
 * is overwritten, and what a proxy wrote that is believed is reduced to what is certain. Fields
 * with an underscore in their name are dropped, because CGI-like backends read {@code
 * X_Forwarded_For} as {@code X-Forwarded-For}. {@code Forwarded} (RFC 7239) is not passed on: one
 * source of truth is enough.
 */
final class ForwardedHeaders implements HeadRule {
    private static final AsciiString FORWARDED = AsciiString.cached("Forwarded");
    private static final AsciiString FOR = AsciiString.cached("X-Forwarded-For");
    private static final AsciiString PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final AsciiString HOST = AsciiString.cached("X-Forwarded-Host");
    private static final AsciiString PORT = AsciiString.cached("X-Forwarded-Port");
    private static final AsciiString PREFIX = AsciiString.cached("X-Forwarded-Prefix");
    private static final AsciiString REAL_IP = AsciiString.cached("X-Real-IP");
    private static final AsciiString REQUEST_ID = AsciiString.cached("X-Request-Id");

    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpHeaders headers = head.headers();
        dropUnderscores(headers);
        Forwarding from = peer.forwarding(head);
        if (!peer.front().isEmpty()) {
            keepId(head, peer);
        }
        headers.remove(FORWARDED);
        if (!peer.believed()) {
            headers.remove(PREFIX);
        }
        headers.set(FOR, from.chain())
                .set(PROTO, from.scheme())
                .set(HOST, from.host())
                .set(PORT, from.port())
                .set(REAL_IP, from.client())
                .set(REQUEST_ID, head.id());
        head.from(from.client());
        head.over(from.scheme());
        head.secured(peer.served() == null ? null : peer.served().tls());
        return null;
    }

    /** A request that a proxy has named keeps its name. */
    private static void keepId(RequestHead head, Peer peer) {
        List<String> ids = head.headers().getAll(REQUEST_ID);
        if (peer.believed() && ids.size() == 1 && RequestIds.isWellFormed(ids.getFirst())) {
            head.identify(ids.getFirst());
        }
    }

    private static void dropUnderscores(HttpHeaders headers) {
        List<CharSequence> odd = null;
        for (var fields = headers.iteratorCharSequence(); fields.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            if (AsciiString.indexOf(field.getKey(), '_', 0) >= 0) {
                odd = odd == null ? new ArrayList<>() : odd;
                odd.add(field.getKey());
            }
        }
        if (odd != null) {
            odd.forEach(headers::remove);
        }
    }
}
