package dev.berth.proxy.closing;

import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Closes in two steps (RFC 9112 section 9.6): first only our side, while what still comes in is
 * thrown away for a while, then the rest. A plain close with unread bytes resets the connection,
 * and the reset takes with it what the other side had yet to read: the GOAWAY that says why, the
 * last bytes of a tunnel. Confined to the event loop.
 */
public final class LingeringClose extends ChannelDuplexHandler {
    private final Timeouts timeouts;
    private @Nullable Deadline deadline;

    /** Lingers for {@link Timeouts#linger}. */
    public LingeringClose(Timeouts timeouts) {
        this.timeouts = timeouts;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (deadline == null) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (deadline != null || !context.channel().isActive()) {
            var _ = context.close(promise);
            return;
        }
        Deadline linger =
                new Deadline(
                        context.channel().eventLoop(),
                        timeouts,
                        _ -> {
                            var _ = context.close();
                        });
        linger.await(Wait.ClientClose);
        deadline = linger;
        context.channel().config().setAutoRead(true);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) _ -> OutputClose.of(context.channel()));
        context.channel().closeFuture().addListener(_ -> promise.trySuccess());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.close();
        }
        context.fireChannelInactive();
    }
}
