package dev.berth.proxy.h2;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.Refusals;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.OpenStreams;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.listen.Drain;
import dev.berth.proxy.listen.Peer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/2 connection of a client: the last handler of its pipeline. Knows its open streams,
 * closes it when it is idle for too long, and ends it gracefully in two steps (RFC 9113 section
 * 6.8): first a GOAWAY that refuses nothing, then, once the client has seen it, one that names the
 * last stream. Confined to the event loop.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    /** Data of the PING whose answer shows that the client knows of the first GOAWAY. */
    private static final long DRAIN_PING = 0x6265727468L;

    private static final int DRAIN_PING_SECONDS = 1;

    private final Channel channel;
    private final EdgeLoop loop;
    private final Peer peer;
    private final FloodLimits limits;
    private final Deadline deadline;
    private final OpenStreams.OfConnection streams;
    private final Set<Http2Request> open = new HashSet<>();
    private boolean drains;
    private boolean ends;
    private boolean refused;
    private int newest;

    Http2Connection(Channel channel, EdgeLoop loop, Peer peer, FloodLimits limits) {
        this.channel = channel;
        this.loop = loop;
        this.peer = peer;
        this.limits = limits;
        this.streams = peer.in(loop.streams());
        channel.closeFuture().addListener(_ -> streams.close());
        this.deadline = new Deadline(channel.eventLoop(), loop.timeouts(), _ -> end());
    }

    EdgeLoop loop() {
        return loop;
    }

    Peer peer() {
        return peer;
    }

    /** A stream begins; {@code null} when it is one too many and was refused. */
    @Nullable Http2Request opened(Channel stream) {
        if (!streams.enter()) {
            // A client may send it again (RFC 9113 section 8.7).
            stream.eventLoop().execute(() -> refuse(stream));
            return null;
        }
        deadline.clear();
        if (stream instanceof Http2StreamChannel numbered) {
            newest = Math.max(newest, numbered.stream().id());
        }
        Http2Request request = new Http2Request(this, stream);
        open.add(request);
        stream.closeFuture().addListener(_ -> closed(request));
        return request;
    }

    private static void refuse(Channel stream) {
        var _ = stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
    }

    /** A HEADERS or DATA frame goes out, with so many bytes of DATA. */
    void sent(int bytes) {
        limits.sent(bytes);
    }

    /** A stream is reset; one that was never opened here has malformed fields. */
    void refusedStream(int streamId) {
        if (streamId > newest) {
            newest = streamId;
            logRefused("its header fields are malformed");
        }
    }

    /** A request was so malformed that nothing of it is known. */
    void logRefused(String why) {
        RequestHead head = RequestHead.unreadable("HTTP/2.0");
        head.identify(loop.ids().next());
        peer.identify(head);
        Refusals.log(loop, head, why);
    }

    /** Whether it is not a bug of ours but what the other end did. */
    static boolean isPeersFault(Throwable cause) {
        return cause instanceof IOException || cause instanceof Http2Exception;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline.await(Wait.RequestHead);
        if (Drain.asked(channel) != null) {
            // Once the codec has greeted.
            channel.eventLoop().execute(this::drain);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case Http2SettingsFrame _ when open.isEmpty() && !ends ->
                    deadline.await(Wait.NextRequest);
            case Http2PingFrame ping when ping.ack() && ping.content() == DRAIN_PING -> end();
            case Http2GoAwayFrame _ -> endWhenIdle();
            default -> {}
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Drain) {
            drain();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.close();
        List.copyOf(open).forEach(Http2Request::gone);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof Http2Exception broken) {
            LOG.debug("connection refused by the codec, which closes it", cause);
            if (!refused) {
                refused = true;
                logRefused("GOAWAY " + broken.error());
            }
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.error("a connection failed in a way that is a bug in the edge", cause);
        }
        var _ = channel.close();
    }

    private void closed(Http2Request request) {
        open.remove(request);
        streams.leave();
        if (!open.isEmpty()) {
            return;
        }
        if (ends) {
            var _ = channel.close();
        } else if (channel.isActive()) {
            deadline.await(Wait.NextRequest);
        }
    }

    private void drain() {
        if (drains || !channel.isActive()) {
            return;
        }
        drains = true;
        DefaultHttp2GoAwayFrame announced = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
        announced.setExtraStreamIds(Integer.MAX_VALUE);
        var _ = channel.write(announced);
        var _ = channel.writeAndFlush(new DefaultHttp2PingFrame(DRAIN_PING));
        var _ = channel.eventLoop().schedule(this::end, DRAIN_PING_SECONDS, TimeUnit.SECONDS);
    }

    /** Refuses further streams and closes when those that are open have ended. */
    private void end() {
        if (!ends && channel.isActive()) {
            var _ = channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            endWhenIdle();
        }
    }

    private void endWhenIdle() {
        ends = true;
        if (open.isEmpty()) {
            var _ = channel.close();
        }
    }
}
