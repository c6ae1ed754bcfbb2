package dev.berth.proxy.h2;

import dev.berth.proxy.limit.Allowance;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.logging.LogLevel;

/**
 * Sees the resets that are sent, also those that the codec sends by itself, of streams whose fields
 * it could not decode: no handler is told of those. Ends a connection whose client makes us send
 * too many, by frames that are wrong (MadeYouReset, CVE-2025-8671). Logs nothing. Confined to the
 * event loop.
 *
 * <p>Refused streams are no fault: with more than it may have open, a client sends them as fast as
 * they are refused, and must not lose those that it has. CANCEL and NO_ERROR do not count: with
 * those we pass on what a backend has broken off, or need no more of.
 */
final class ResetWatch extends Http2FrameLogger {
    private final Http2Connection connection;
    private final Allowance faults = new Allowance(200, 20, 200);
    private final Allowance refusals = new Allowance(2000, 200, 2000);
    private boolean ended;

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
        if (direction == Direction.INBOUND) {
            return;
        }
        if (error == Http2Error.PROTOCOL_ERROR.code()) {
            connection.refusedStream(streamId);
        }
        if (!ended && !allowed(error)) {
            ended = true;
            context.executor().execute(() -> end(context));
        }
    }

    private boolean allowed(long error) {
        if (error == Http2Error.CANCEL.code() || error == Http2Error.NO_ERROR.code()) {
            return true;
        }
        return error == Http2Error.REFUSED_STREAM.code() ? refusals.take() : faults.take();
    }

    /** Behind the reset that is one too many. */
    private static void end(ChannelHandlerContext context) {
        if (context.handler() instanceof Http2ConnectionHandler codec) {
            codec.onError(
                    context,
                    true,
                    Http2Exception.connectionError(
                            Http2Error.ENHANCE_YOUR_CALM, "too many streams had to be reset"));
            var _ = context.close();
        }
    }
}
