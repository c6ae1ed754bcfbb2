package dev.berth.proxy.h2;

import dev.berth.proxy.limit.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The bytes of a tunnel as DATA frames (RFC 8441 section 5): END_STREAM stands for the end of a
 * connection. Confined to the event loop.
 */
final class TunnelFrames extends ChannelDuplexHandler {
    private final Timeouts timeouts;
    private final IntConsumer sent;
    private boolean inputEnded;
    private boolean closing;

    /**
     * Frames of one tunnel.
     *
     * @param sent told how many bytes of DATA are written
     */
    TunnelFrames(Timeouts timeouts, IntConsumer sent) {
        this.timeouts = timeouts;
        this.sent = sent;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof Http2DataFrame frame) || closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        inputEnded = frame.isEndStream();
        context.fireChannelRead(frame.content());
        if (inputEnded) {
            context.fireChannelReadComplete();
            var _ = context.channel().close();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes && !bytes.isReadable()) {
            bytes.release();
            var _ = promise.setSuccess();
        } else if (message instanceof ByteBuf bytes) {
            sent.accept(bytes.readableBytes());
            var _ = context.write(new DefaultHttp2DataFrame(bytes), promise);
        } else {
            var _ = context.write(message, promise);
        }
    }

    /** Ends our side, then the stream; at the latest when the client has taken nothing for long. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (closing || !context.channel().isActive()) {
            var _ = context.close(promise);
            return;
        }
        closing = true;
        var forced =
                context.executor()
                        .schedule(
                                () -> {
                                    var _ = context.close();
                                },
                                timeouts.linger().toMillis(),
                                TimeUnit.MILLISECONDS);
        context.channel()
                .closeFuture()
                .addListener(
                        _ -> {
                            forced.cancel(false);
                            promise.trySuccess();
                        });
        context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true))
                .addListener((ChannelFutureListener) _ -> stop(context));
    }

    private void stop(ChannelHandlerContext context) {
        if (!inputEnded && context.channel().isActive()) {
            var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }
}
