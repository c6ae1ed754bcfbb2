package dev.berth.proxy.upstream;

import dev.berth.proxy.limit.Timeouts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/2 connection to a backend: the last handler of its pipeline. Carries as many streams as
 * the backend allows and closes when it has had none for a while. Confined to the event loop.
 */
final class Http2Session extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Session.class);
    private static final int MAX_STREAMS = 100;

    /** Of each stream. Backends are near, so more would not be faster. */
    private static final int WINDOW = 64 * 1024;

    /**
     * Enough for all streams: what one client does not take leaves the others room, and the bytes
     * that a backend can have us keep are bounded by it.
     */
    private static final int CONNECTION_WINDOW = MAX_STREAMS * WINDOW;

    private static final int MAX_HEADER_LIST = 64 * 1024;
    private static final int FLUSHES_JOINED = 256;

    private final Channel channel;
    private final Timeouts timeouts;
    private final Http2FrameCodec codec =
            Http2FrameCodecBuilder.forClient()
                    .initialSettings(
                            new Http2Settings()
                                    .pushEnabled(false)
                                    .initialWindowSize(WINDOW)
                                    .maxHeaderListSize(MAX_HEADER_LIST))
                    .validateHeaders(true)
                    .build();
    private int open;
    private int served;
    private long idleSince = System.nanoTime();
    private boolean ending;

    Http2Session(Channel channel, Timeouts timeouts) {
        this.channel = channel;
        this.timeouts = timeouts;
        channel.pipeline()
                .addLast(
                        new FlushConsolidationHandler(FLUSHES_JOINED, true),
                        codec,
                        new Http2MultiplexHandler(new Unasked()),
                        this);
        int given =
                codec.connection()
                        .local()
                        .flowController()
                        .initialWindowSize(codec.connection().connectionStream());
        var _ = channel.write(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - given));
    }

    /** Whether it takes another request. */
    boolean takes() {
        return !ending
                && channel.isActive()
                && open < MAX_STREAMS
                && codec.connection().local().canOpenStream();
    }

    Channel channel() {
        return channel;
    }

    /** Opens a stream for a request. */
    void open(UpstreamPool.Attempt attempt) {
        Http2Upstream stream = new Http2Upstream(served > 0, this::retire);
        open++;
        served++;
        new Http2StreamChannelBootstrap(channel)
                .handler(stream)
                .open()
                .addListener(
                        (Future<Http2StreamChannel> opened) -> {
                            if (opened.isSuccess()) {
                                opened.getNow().closeFuture().addListener(_ -> closed());
                                attempt.connected(stream);
                            } else {
                                closed();
                                attempt.failed(opened.cause());
                            }
                        });
    }

    /**
     * The backend may be gone without a word. Who is on this connection stays; the next requests
     * find out with a new one.
     */
    private void retire() {
        ending = true;
    }

    private void closed() {
        open--;
        if (open > 0) {
            return;
        }
        if (ending) {
            var _ = channel.close();
            return;
        }
        idleSince = System.nanoTime();
        long delay = timeouts.upstreamIdle().toMillis();
        var _ = channel.eventLoop().schedule(this::closeIdle, delay, TimeUnit.MILLISECONDS);
    }

    private void closeIdle() {
        if (open == 0 && System.nanoTime() - idleSince >= timeouts.upstreamIdle().toNanos()) {
            ending = true;
            var _ = channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2GoAwayFrame) {
            ending = true;
            if (open == 0) {
                var _ = channel.close();
            }
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ending = true;
        if (!(cause instanceof IOException || cause instanceof Http2Exception)) {
            LOG.error("a connection to a backend failed in a way that is a bug", cause);
        }
        var _ = channel.close();
    }

    /** For streams that the backend opens, which it may not. */
    private static final class Unasked extends ChannelInitializer<Channel> {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel stream) {
            var _ = stream.close();
        }
    }
}
