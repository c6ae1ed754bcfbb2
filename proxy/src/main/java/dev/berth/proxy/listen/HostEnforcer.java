package dev.berth.proxy.listen;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requires exactly one Host that is a valid authority (RFC 9112 section 3.2), of HTTP/1.0 too:
 * without it there is no app to route to.
 */
final class HostEnforcer implements HeadRule {
    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1) {
            return new Rejection(
                    Failure.BadRequest,
                    hosts.isEmpty() ? "It has no Host." : "It has more than one Host.");
        }
        String host = HostNames.routing(hosts.getFirst());
        if (host == null) {
            return new Rejection(Failure.BadRequest, "Its Host is not a valid host name.");
        }
        head.addressTo(host);
        return null;
    }
}
