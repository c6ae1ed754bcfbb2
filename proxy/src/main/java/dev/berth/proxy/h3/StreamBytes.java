package dev.berth.proxy.h3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamFrame;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one stream, below its frames. Gathers what is written up to the flush, since a QUIC
 * channel sends each write in a packet of its own; sends the last bytes together with the stream's
 * end, and knows that end together with the last bytes that come. Confined to the event loop.
 *
 * <p>Netty does not tell when the client stops an answer for which nothing is being sent
 * (netty/netty#17380), so {@link #probe} sends a frame without meaning now and then.
 */
final class StreamBytes extends ChannelDuplexHandler {
    private static final int GATHERED = 16 * 1024;

    /** A frame of a reserved type and no length, which may stand anywhere (RFC 9114 7.2.8). */
    private static final byte[] NOTHING = {0x21, 0};

    private final FrameBounds bounds = new FrameBounds();
    private @Nullable ChannelHandlerContext own;
    private @Nullable ByteBuf gathered;
    private long unsent;

    /** Of a large piece, what is still to be written. */
    private long ahead;

    /** Somebody was told to wait until all is out. */
    private boolean awaited;

    private boolean active;
    private boolean ended;
    private boolean stopped;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        own = context;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        own = null;
        ByteBuf last = gathered;
        gathered = null;
        if (last != null) {
            last.release();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean last = message instanceof QuicStreamFrame frame && frame.hasFin();
        if (message instanceof QuicStreamFrame frame) {
            bounds.pass(frame.content());
            for (int others = bounds.takeOthers(); others > 0; others--) {
                context.fireUserEventTriggered(StreamEvent.Other);
            }
        }
        if (last && !bounds.between()) {
            ((QuicStreamFrame) message).release();
            context.fireUserEventTriggered(StreamEvent.Truncated);
            return;
        }
        context.fireChannelRead(message);
        if (last) {
            context.fireUserEventTriggered(StreamEvent.Ended);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            var _ = context.write(message, promise);
        } else if (bytes.readableBytes() > GATHERED) {
            sendGathered(context);
            sendInSteps(context, bytes);
            succeed(promise);
        } else {
            gather(context, bytes);
            succeed(promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        sendGathered(context);
        context.flush();
    }

    /** Bytes that were written and that the client's window has not let out. */
    long pending() {
        ByteBuf waiting = gathered;
        return unsent + ahead + (waiting == null ? 0 : waiting.readableBytes());
    }

    /**
     * Whether all that was sent is out, but for what is gathered. If not, {@link StreamEvent#Taken}
     * follows once it is: the channel's own word may have come before that, and does not come
     * again. A stream that takes nothing any more is cut soon.
     */
    boolean takesMore() {
        awaited = unsent + ahead > 0;
        return !awaited && !stopped;
    }

    /** Bytes that have come and are kept until the rest of their frame comes. */
    long kept() {
        return bounds.kept();
    }

    /** Ends the stream after what was written; completes when all of it is on its way. */
    ChannelFuture finish() {
        ChannelHandlerContext context = own;
        if (context == null) {
            throw new IllegalStateException("the stream is gone");
        }
        ByteBuf last = gathered == null ? Unpooled.EMPTY_BUFFER : gathered;
        gathered = null;
        ended = true;
        int size = last.readableBytes();
        unsent += size;
        ChannelFuture sent = context.writeAndFlush(new DefaultQuicStreamFrame(last, true));
        watch(context, sent, size);
        return sent;
    }

    /** Finds out, if nothing was sent since the last time, whether the client still listens. */
    void probe() {
        ChannelHandlerContext context = own;
        if (!active && !ended && context != null && context.channel().isWritable()) {
            send(context, Unpooled.directBuffer(NOTHING.length).writeBytes(NOTHING));
            context.flush();
        }
        active = false;
    }

    private void gather(ChannelHandlerContext context, ByteBuf bytes) {
        ByteBuf before = gathered;
        if (before != null && before.readableBytes() + bytes.readableBytes() > GATHERED) {
            sendGathered(context);
            before = null;
        }
        if (before == null) {
            before = context.alloc().directBuffer(bytes.readableBytes() + 64);
            gathered = before;
        }
        before.writeBytes(bytes);
        bytes.release();
    }

    private void sendGathered(ChannelHandlerContext context) {
        ByteBuf bytes = gathered;
        gathered = null;
        if (bytes != null) {
            send(context, bytes);
        }
    }

    /**
     * Each is known to be taken by itself: who takes a large piece slowly does not stand still. A
     * write may say that the channel is writable again; nothing may come between the steps then.
     */
    private void sendInSteps(ChannelHandlerContext context, ByteBuf bytes) {
        while (bytes.readableBytes() > GATHERED) {
            ahead = (long) bytes.readableBytes() - GATHERED;
            send(context, bytes.readRetainedSlice(GATHERED));
        }
        ahead = 0;
        send(context, bytes);
    }

    private void send(ChannelHandlerContext context, ByteBuf bytes) {
        active = true;
        int size = bytes.readableBytes();
        unsent += size;
        watch(context, context.write(bytes), size);
    }

    private void watch(ChannelHandlerContext context, ChannelFuture sent, int size) {
        if (sent.isDone()) {
            done(context, sent, size);
            return;
        }
        sent.addListener(_ -> done(context, sent, size));
        // What waits although there is room belongs to a stream that quiche knows no more.
        if (!context.channel().isWritable() && context.channel().bytesBeforeUnwritable() > 0) {
            stopped(context);
        }
    }

    private void done(ChannelHandlerContext context, ChannelFuture sent, int size) {
        unsent -= size;
        if (awaited && unsent + ahead == 0) {
            awaited = false;
            tell(context, StreamEvent.Taken);
        }
        Throwable problem = sent.cause();
        if (problem instanceof ClosedChannelException) {
            stopped = true; // which the channel says itself
        } else if (problem != null) {
            stopped(context);
        }
    }

    private void stopped(ChannelHandlerContext context) {
        if (!stopped) {
            stopped = true;
            tell(context, StreamEvent.Stopped);
        }
    }

    /** Later: whoever writes does not expect to be cut, or to be asked for more, meanwhile. */
    private static void tell(ChannelHandlerContext context, StreamEvent what) {
        context.executor()
                .execute(
                        () -> {
                            if (!context.isRemoved()) {
                                context.fireUserEventTriggered(what);
                            }
                        });
    }

    /** The bytes are kept or on their way; what becomes of them shows in {@link #finish}. */
    private static void succeed(ChannelPromise promise) {
        promise.trySuccess();
    }
}
