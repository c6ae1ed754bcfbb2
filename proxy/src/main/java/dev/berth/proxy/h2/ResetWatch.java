package dev.berth.proxy.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.logging.LogLevel;

/**
 * Sees the resets that the codec sends by itself, of streams whose fields it could not decode: no
 * handler is told of those. Logs nothing.
 */
final class ResetWatch extends Http2FrameLogger {
    private final Http2Connection connection;

    ResetWatch(Http2Connection connection) {
        super(LogLevel.TRACE, ResetWatch.class);
        this.connection = connection;
    }

    @Override
    public boolean isEnabled() {
        return false;
    }

    @Override
    public void logRstStream(
            Direction direction, ChannelHandlerContext context, int streamId, long error) {
        if (direction == Direction.OUTBOUND && error == Http2Error.PROTOCOL_ERROR.code()) {
            connection.refusedStream(streamId);
        }
    }
}
