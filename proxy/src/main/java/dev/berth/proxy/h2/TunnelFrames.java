package dev.berth.proxy.h2;

import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.util.function.IntConsumer;

/**
 * The bytes of a tunnel as DATA frames (RFC 8441 section 5): END_STREAM stands for the end of a
 * connection. Confined to the event loop.
 */
final class TunnelFrames extends ChannelDuplexHandler {
    private final Deadline deadline;
    private final IntConsumer sent;
    private boolean inputEnded;
    private boolean closing;

    /**
     * Frames of one tunnel.
     *
     * @param deadline of the stream, which it resets when the client takes nothing
     * @param sent told how many bytes of DATA are written
     */
    TunnelFrames(Deadline deadline, IntConsumer sent) {
        this.deadline = deadline;
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

    /**
     * Ends our side, then the stream: when the client has taken all, however slowly, or stands
     * still for as long as any receiver may.
     */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (!context.channel().isActive()) {
            var _ = context.close(promise);
            return;
        }
        context.channel().closeFuture().addListener(_ -> promise.trySuccess());
        if (closing) {
            return;
        }
        closing = true;
        context.channel().closeFuture().addListener(_ -> deadline.close());
        ChannelFuture end =
                context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
        if (!end.isDone()) {
            deadline.await(Wait.ClientTakesBody);
        }
        end.addListener(_ -> stop(context));
    }

    private void stop(ChannelHandlerContext context) {
        deadline.close();
        if (!inputEnded && context.channel().isActive()) {
            var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }
}
