package dev.berth.proxy.encode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;

/** One of Netty's encoders. */
final class HandlerEncoder implements BodyEncoder {
    private final EmbeddedChannel channel;
    private final Runnable onClose;
    private boolean closed;

    /**
     * An encoder.
     *
     * @param onClose called once
     */
    HandlerEncoder(ChannelHandler handler, Runnable onClose) {
        this.channel = new EmbeddedChannel(handler);
        this.onClose = onClose;
    }

    @Override
    public ByteBuf encode(ByteBuf piece) {
        channel.writeOutbound(piece);
        return collected();
    }

    @Override
    public ByteBuf finish() {
        channel.finish();
        ByteBuf rest = collected();
        close();
        return rest;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            channel.finishAndReleaseAll();
            onClose.run();
        }
    }

    private ByteBuf collected() {
        ByteBuf all = Unpooled.EMPTY_BUFFER;
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            if (!next.isReadable()) {
                next.release();
            } else if (all.isReadable()) {
                all = Unpooled.wrappedBuffer(all, next);
            } else {
                all = next;
            }
        }
        return all;
    }
}
