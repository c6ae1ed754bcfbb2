package dev.berth.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file that an answer is made of, one at a time, where it goes out by a {@link FilePump}.
 * Confined to the event loop.
 */
public final class PumpedFile {
    private final Channel channel;
    private final Consumer<HttpContent> body;
    private @Nullable FilePump pump;

    /**
     * None yet.
     *
     * @param body writes a piece, which it owns
     */
    public PumpedFile(Channel channel, Consumer<HttpContent> body) {
        this.channel = channel;
        this.body = body;
    }

    /** Sends this one; the future completes when all of it is written, or fails. */
    public ChannelFuture send(FileRegion region) {
        FilePump begun =
                new FilePump(channel, region, part -> body.accept(new DefaultHttpContent(part)));
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
