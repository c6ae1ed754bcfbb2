package dev.berth.proxy.h2;

import dev.berth.proxy.closing.LingeringClose;
import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.EdgeLoops;
import dev.berth.proxy.flush.TurnFlush;
import dev.berth.proxy.listen.Peer;
import dev.berth.proxy.listen.Protocol;
import dev.berth.proxy.observe.Counters.What;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.flush.FlushConsolidationHandler;

/** HTTP/2 (RFC 9113): the order of the handlers of such a connection, and its limits. */
public final class Http2Protocol implements Protocol {
    private static final int MAX_STREAMS = 100;
    private static final int WINDOW = 256 * 1024;

    /** A few uploads that wait leave room for others; a client can have us keep this much. */
    private static final int CONNECTION_WINDOW = 4 * WINDOW;

    private static final int MAX_HEADER_LIST = 32 * 1024;

    private static final int MAX_CONTROL_FRAMES_QUEUED = 1000;
    private static final int FLUSHES_JOINED = 256;

    private final EdgeLoops loops;

    /** For connections on these loops. */
    public Http2Protocol(EdgeLoops loops) {
        this.loops = loops;
    }

    @Override
    public void speak(Channel channel, Peer peer) {
        EdgeLoop loop = loops.of(channel);
        loop.counters().add(What.Http2Begun, 1);
        loop.counters().add(What.Http2Open, 1);
        channel.closeFuture().addListener(_ -> loop.counters().add(What.Http2Open, -1));
        FloodLimits limits = new FloodLimits();
        Http2Connection connection = new Http2Connection(channel, loop, peer, limits);
        Http2FrameCodec codec = codec(new ResetWatch(connection));
        channel.pipeline()
                .addFirst(new TurnFlush(loop.pool().turn()))
                .addLast(
                        new FlushConsolidationHandler(FLUSHES_JOINED, true),
                        new FrameScanner(new StreamOrder(), limits),
                        new LingeringClose(loop.timeouts()),
                        codec,
                        new Http2MultiplexHandler(new Streams(connection)),
                        connection);
        int given =
                codec.connection()
                        .local()
                        .flowController()
                        .initialWindowSize(codec.connection().connectionStream());
        var _ = channel.write(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - given));
    }

    private static Http2FrameCodec codec(ResetWatch resets) {
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(
                        new Http2Settings()
                                .maxConcurrentStreams(MAX_STREAMS)
                                .initialWindowSize(WINDOW)
                                .maxHeaderListSize(MAX_HEADER_LIST)
                                .connectProtocolEnabled(true))
                .frameLogger(resets)
                .validateHeaders(true)
                .headerSensitivityDetector((name, _) -> ResponseFields.isUnique(name))
                .decoupleCloseAndGoAway(true)
                // Off, because the limits count these themselves.
                .decoderEnforceMaxConsecutiveEmptyDataFrames(0)
                .decoderEnforceMaxRstFramesPerWindow(0, 0)
                .encoderEnforceMaxRstFramesPerWindow(0, 0)
                .encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES_QUEUED)
                .build();
    }

    /** Begins each stream of a connection. */
    private static final class Streams extends ChannelInitializer<Channel> {
        private final Http2Connection connection;

        Streams(Http2Connection connection) {
            this.connection = connection;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel stream) {
            Http2Request request = connection.opened(stream);
            if (request != null) {
                stream.pipeline().addLast(request);
            }
        }
    }
}
