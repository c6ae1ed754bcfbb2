package dev.berth.proxy.listen;

import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1 by the first bytes (RFC 9113 section 3.4): the
 * client preface is no valid HTTP/1 request. Replaces itself with the protocol as soon as one byte
 * differs from the preface or all of it has come. Confined to the event loop.
 */
final class PrefaceSniffer extends ByteToMessageDecoder {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Protocol http1;
    private final Protocol http2;
    private final Timeouts timeouts;
    private @Nullable Deadline deadline;

    PrefaceSniffer(Protocol http1, Protocol http2, Timeouts timeouts) {
        this.http1 = http1;
        this.http2 = http2;
        this.timeouts = timeouts;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Deadline first =
                new Deadline(
                        context.channel().eventLoop(),
                        timeouts,
                        _ -> {
                            var _ = context.close();
                        });
        first.await(Wait.RequestHead);
        deadline = first;
        Drain asked = Drain.asked(context.channel());
        if (asked != null) {
            drain(context, asked);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Drain asked) {
            drain(context, asked);
        }
    }

    /** What has come may be the beginning of a request. */
    private static void drain(ChannelHandlerContext context, Drain asked) {
        switch (asked) {
            case Stop -> {
                var _ = context.close();
            }
            case HandOver -> {
                var _ =
                        context.executor()
                                .schedule(
                                        () -> closeUndecided(context),
                                        Drain.LAST_REQUEST.toMillis(),
                                        TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void closeUndecided(ChannelHandlerContext context) {
        if (!context.isRemoved()) {
            var _ = context.close();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) {
        int seen = Math.min(buffer.readableBytes(), PREFACE.length);
        for (int i = 0; i < seen; i++) {
            if (buffer.getByte(buffer.readerIndex() + i) != PREFACE[i]) {
                become(context, http1);
                return;
            }
        }
        if (seen == PREFACE.length) {
            become(context, http2);
        }
    }

    /** What was read goes to the new handlers when this one is removed. */
    private void become(ChannelHandlerContext context, Protocol protocol) {
        protocol.speak(context.channel(), Peer.of(context.channel(), null));
        context.pipeline().remove(this);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.close();
        }
    }
}
