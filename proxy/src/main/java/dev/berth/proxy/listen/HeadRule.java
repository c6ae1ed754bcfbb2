package dev.berth.proxy.listen;

import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One rule on request heads. A head that breaks it does not go on; a {@link Rejection} does. The
 * rules of one pipeline run in the order of {@link ClientInitializer}. Stateless, so that all
 * connections share one of each.
 */
abstract sealed class HeadRule extends ChannelInboundHandlerAdapter
        permits FramingEnforcer, TargetEnforcer, HostEnforcer, ConnectionRules, ForwardedHeaders {

    @Override
    public final boolean isSharable() {
        return true;
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof RequestHead head) {
            Rejection rejection = apply(head, context);
            context.fireChannelRead(rejection == null ? head : rejection.of(head));
        } else {
            context.fireChannelRead(message);
        }
    }

    /** Enforces the rule; {@code null} lets the head pass. */
    abstract @Nullable Rejection apply(RequestHead head, ChannelHandlerContext context);
}
