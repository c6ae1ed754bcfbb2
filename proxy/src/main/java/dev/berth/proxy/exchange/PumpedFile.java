package dev.berth.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file that an answer is made of, one at a time, where it goes out by a {@link FilePump}.
 * Confined to the event loop.
 */
public final class PumpedFile {
    private final Channel channel;
    private final BooleanSupplier writable;
    private final Consumer<HttpContent> body;
    private @Nullable FilePump pump;

    /**
     * None yet.
     *
     * @param writable whether one more piece is taken
     * @param body writes a piece, which it owns
     */
    public PumpedFile(Channel channel, BooleanSupplier writable, Consumer<HttpContent> body) {
        this.channel = channel;
        this.writable = writable;
        this.body = body;
    }

    /** Sends this one; the future completes when all of it is written, or fails. */
    public ChannelFuture send(FileRegion region) {
        FilePump begun =
                new FilePump(
                        channel,
                        region,
                        writable,
                        part -> body.accept(new DefaultHttpContent(part)));
        pump = begun;
        begun.pump();
        return begun.done();
    }

    /** The channel takes bytes again. */
    public void writableAgain() {
        if (pump != null) {
            pump.pump();
            channel.flush();
        }
    }

    /** The answer has ended. */
    public void end() {
        pump = null;
    }

    /** The channel is gone. */
    public void abort() {
        if (pump != null) {
            pump.abort();
        }
    }
}
