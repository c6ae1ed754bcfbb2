package dev.berth.proxy.listen;

import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the backend who asks, in fields that it can believe: what the client itself wrote into them
 * is overwritten, since no peer is trusted yet. Fields with an underscore in their name are
 * dropped, because CGI-like backends read {@code X_Forwarded_For} as {@code X-Forwarded-For}.
 * {@code Forwarded} (RFC 7239) is dropped too: one source of truth is enough.
 */
final class ForwardedHeaders implements HeadRule {
    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpHeaders headers = head.headers();
        String host = String.valueOf(headers.get(HttpHeaderNames.HOST));
        dropUnderscores(headers);
        headers.remove("Forwarded");
        headers.set("X-Forwarded-For", peer.address())
                .set("X-Forwarded-Proto", peer.scheme())
                .set("X-Forwarded-Host", host)
                .set("X-Forwarded-Port", port(host, peer))
                .set("X-Real-IP", peer.address())
                .set("X-Request-Id", head.id());
        head.from(peer.address());
        head.over(peer.scheme());
        return null;
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

    private static String port(String host, Peer peer) {
        String named = HostNames.portSuffix(host);
        if (!named.isEmpty()) {
            return named.substring(1);
        }
        return peer.localPort() < 0 ? "80" : Integer.toString(peer.localPort());
    }
}
