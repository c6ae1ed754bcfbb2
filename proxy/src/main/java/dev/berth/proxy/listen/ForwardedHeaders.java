package dev.berth.proxy.listen;

import dev.berth.proxy.front.Forwarding;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.RequestIds;
import io.netty.handler.codec.http.HttpHeaders;
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
    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpHeaders headers = head.headers();
        dropUnderscores(headers);
        Forwarding from = peer.forwarding(head);
        if (!peer.front().isEmpty()) {
            keepId(head, peer);
        }
        headers.remove("Forwarded");
        headers.set("X-Forwarded-For", from.chain())
                .set("X-Forwarded-Proto", from.scheme())
                .set("X-Forwarded-Host", from.host())
                .set("X-Forwarded-Port", from.port())
                .set("X-Real-IP", from.client())
                .set("X-Request-Id", head.id());
        head.from(from.client());
        head.over(from.scheme());
        head.secured(peer.served() == null ? null : peer.served().tls());
        return null;
    }

    /** A request that a proxy has named keeps its name. */
    private static void keepId(RequestHead head, Peer peer) {
        List<String> ids = head.headers().getAll("X-Request-Id");
        if (peer.believed() && ids.size() == 1 && RequestIds.isWellFormed(ids.getFirst())) {
            head.identify(ids.getFirst());
        }
    }

    private static void dropUnderscores(HttpHeaders headers) {
        List<CharSequence> odd = null;
        for (var fields = headers.iteratorCharSequence(); fields.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            if (field.getKey().toString().indexOf('_') >= 0) {
                odd = odd == null ? new ArrayList<>() : odd;
                odd.add(field.getKey());
            }
        }
        if (odd != null) {
            odd.forEach(headers::remove);
        }
    }
}
