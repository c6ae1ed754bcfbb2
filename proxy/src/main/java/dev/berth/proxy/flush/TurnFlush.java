package dev.berth.proxy.flush;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Puts off what is to be flushed to the end of the event loop's turn: the first handler of a
 * pipeline. Then a peer is woken once for what would have woken it several times, and the kernel's
 * work is done in a row. What is more than the channel should buffer goes out at once, so that
 * whoever writes sees what the peer takes. Confined to the event loop.
 */
public final class TurnFlush extends ChannelDuplexHandler {
    private final Turn turn;
    private @Nullable ChannelHandlerContext context;
    private boolean pending;

    /** Of a channel on the loop of that turn. */
    public TurnFlush(Turn turn) {
        this.turn = turn;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        flushPending();
        context = null;
    }

    @Override
    public void flush(ChannelHandlerContext flushed) {
        if (!flushed.channel().isWritable()) {
            pending = false;
            flushed.flush();
        } else if (!pending) {
            pending = true;
            turn.add(this);
        }
    }

    /** What answers the bytes just read goes out before their end does, should that follow. */
    @Override
    public void channelReadComplete(ChannelHandlerContext read) {
        read.fireChannelReadComplete();
        flushPending();
    }

    @Override
    public void close(ChannelHandlerContext closed, ChannelPromise promise) {
        flushPending(); // a close drops what was not flushed
        var _ = closed.close(promise);
    }

    @Override
    public void disconnect(ChannelHandlerContext disconnected, ChannelPromise promise) {
        flushPending();
        var _ = disconnected.disconnect(promise);
    }

    @Override
    public void deregister(ChannelHandlerContext deregistered, ChannelPromise promise) {
        flushPending();
        var _ = deregistered.deregister(promise);
    }

    /** The turn ends. */
    void flushPending() {
        ChannelHandlerContext present = context;
        if (pending && present != null) {
            pending = false;
            present.flush();
        }
    }
}
