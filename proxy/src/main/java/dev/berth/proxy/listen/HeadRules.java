package dev.berth.proxy.listen;

import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that every request head has to pass, in their order. As a handler it stands behind the
 * HTTP/1 decoder: a head that breaks a rule does not go on; a {@link Rejection} does.
 */
public final class HeadRules extends ChannelInboundHandlerAdapter {
    private static final List<HeadRule> HTTP_1 =
            List.of(
                    new FramingEnforcer(),
                    new TargetEnforcer(),
                    new HostEnforcer(),
                    new CoalescingRule(),
                    new ConnectionRules(),
                    new TraceHeaders(),
                    new ForwardedHeaders());

    /** Of HTTP/2 and HTTP/3, whose frames say what framing and connection fields say in HTTP/1. */
    private static final List<HeadRule> FIELDS =
            List.of(
                    new TargetEnforcer(),
                    new HostEnforcer(),
                    new CoalescingRule(),
                    new TraceHeaders(),
                    new ForwardedHeaders());

    private final Peer peer;

    HeadRules(Peer peer) {
        this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof RequestHead head) {
            Rejection rejection = check(HTTP_1, head, peer);
            context.fireChannelRead(rejection == null ? head : rejection.of(head));
        } else {
            context.fireChannelRead(message);
        }
    }

    /** Checks a head that came as frames; {@code null} lets it pass. */
    public static @Nullable Rejection checkFields(RequestHead head, Peer peer) {
        return check(FIELDS, head, peer);
    }

    private static @Nullable Rejection check(List<HeadRule> rules, RequestHead head, Peer peer) {
        for (HeadRule rule : rules) {
            Rejection rejection = rule.apply(head, peer);
            if (rejection != null) {
                return rejection;
            }
        }
        return null;
    }
}
