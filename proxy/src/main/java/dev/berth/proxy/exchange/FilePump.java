package dev.berth.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a part of a file piece by piece where the kernel cannot send it alone: through TLS, or as
 * DATA frames. Reads only as much as is taken. Confined to the event loop.
 */
public final class FilePump {
    private static final int PIECE = 32 * 1024;

    private final Channel channel;
    private final FileRegion region;
    private final BooleanSupplier writable;
    private final Consumer<ByteBuf> sink;
    private final ChannelPromise done;

    /**
     * A pump that has not begun. Takes the region over.
     *
     * @param channel whose memory the pieces are read into
     * @param writable whether one more piece is taken
     * @param sink writes a piece, which it owns
     */
    public FilePump(
            Channel channel, FileRegion region, BooleanSupplier writable, Consumer<ByteBuf> sink) {
        this.channel = channel;
        this.region = region;
        this.writable = writable;
        this.sink = sink;
        this.done = channel.newPromise();
    }

    /** Completes when all is written, or fails. */
    public ChannelFuture done() {
        return done;
    }

    /** Writes on for as long as it is taken. Called again when it is taken again. */
    public void pump() {
        try {
            while (!done.isDone() && writable.getAsBoolean()) {
                if (!piece()) {
                    end(null);
                }
            }
        } catch (IOException e) {
            end(e);
        }
    }

    /** Ends without having written all. */
    public void abort() {
        if (!done.isDone()) {
            end(new IOException("broken off"));
        }
    }

    private boolean piece() throws IOException {
        long left = region.count() - region.transferred();
        if (left <= 0) {
            return false;
        }
        ByteBuf piece = channel.alloc().buffer((int) Math.min(left, PIECE));
        boolean full = false;
        try {
            fill(piece);
            full = true;
        } finally {
            if (!full) {
                piece.release();
            }
        }
        sink.accept(piece);
        return true;
    }

    private void fill(ByteBuf piece) throws IOException {
        Buffered into = new Buffered(piece);
        while (piece.isWritable() && region.transferred() < region.count()) {
            if (region.transferTo(into, region.transferred()) <= 0 && piece.isWritable()) {
                throw new IOException("the file is shorter than it was");
            }
        }
    }

    private void end(@Nullable IOException problem) {
        region.release();
        if (problem == null) {
            done.setSuccess();
        } else {
            done.setFailure(problem);
        }
    }

    /** Takes as much as the buffer has room for. */
    private record Buffered(ByteBuf to) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int taken = Math.min(source.remaining(), to.writableBytes());
            ByteBuffer part = source.slice(source.position(), taken);
            to.writeBytes(part);
            source.position(source.position() + taken);
            return taken;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // the buffer is sent by whoever made it
        }
    }
}
