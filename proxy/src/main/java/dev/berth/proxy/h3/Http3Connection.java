package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.Refusals;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.OpenStreams;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.listen.Drain;
import dev.berth.proxy.listen.Peer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/3 connection of a client: the last handler of its pipeline. Knows its open requests,
 * closes it when it is idle for too long, and ends it gracefully in two steps (RFC 9114 section
 * 5.2): first a GOAWAY that refuses nothing, then, once the client should have seen it, one that
 * names the first request which is refused. Confined to the event loop.
 */
final class Http3Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http3Connection.class);

    /** The highest identifier of a request: refuses nothing. */
    private static final long NO_REQUEST = (1L << 62) - 4;

    private static final int STREAM_ID_STEP = 4;
    private static final int DRAIN_SECONDS = 1;
    private static final int PROBE_SECONDS = 3;

    private final QuicChannel channel;
    private final EdgeLoop loop;
    private final Peer peer;
    private final Deadline deadline;
    private final Http3Floods floods = new Http3Floods();
    private final OpenStreams.OfConnection streams;
    private final Set<Http3Request> open = new HashSet<>();
    private long nextRequest;
    private long idleSince = System.nanoTime();
    private boolean probing;
    private boolean drains;
    private boolean ends;

    Http3Connection(QuicChannel channel, EdgeLoop loop, Peer peer) {
        this.channel = channel;
        this.loop = loop;
        this.peer = peer;
        this.streams = peer.in(loop.streams());
        channel.closeFuture().addListener(_ -> streams.close());
        this.deadline = new Deadline(channel.eventLoop(), loop.timeouts(), _ -> idle());
    }

    EdgeLoop loop() {
        return loop;
    }

    Peer peer() {
        return peer;
    }

    /**
     * A request begins; {@code null} when it comes too late, or is one too many, and was refused.
     */
    @Nullable Http3Request opened(QuicStreamChannel stream, StreamBytes bytes) {
        boolean late = ends && stream.streamId() >= nextRequest;
        if (late || !streams.enter()) {
            var _ = stream.shutdown(Http3ErrorCode.H3_REQUEST_REJECTED.code());
            var _ = stream.close();
            leftOpen();
            return null;
        }
        nextRequest = Math.max(nextRequest, stream.streamId() + STREAM_ID_STEP);
        deadline.clear();
        Http3Request request = new Http3Request(this, stream, bytes);
        open.add(request);
        stream.closeFuture().addListener(_ -> closed(request));
        if (!probing) {
            probing = true;
            probeLater();
        }
        return request;
    }

    // ---- what is limited

    /** A request was reset for what the client did. */
    void wasReset() {
        allow(floods.mayReset());
        drainIfWornOut();
    }

    /** A request has ended before all of it came. */
    void leftOpen() {
        allow(floods.mayLeaveOpen());
        drainIfWornOut();
    }

    private void drainIfWornOut() {
        if (floods.wornOut()) {
            drain();
        }
    }

    /** An empty DATA frame has come. */
    void sentNothing() {
        allow(floods.maySendNothing());
    }

    /** A frame without a meaning here has come. */
    void other() {
        allow(floods.maySendOther());
    }

    private void allow(boolean allowed) {
        if (!allowed && channel.isOpen()) {
            logRefused("the connection floods");
            fail(Http3ErrorCode.H3_EXCESSIVE_LOAD);
        }
    }

    /** A request was so malformed that nothing of it is known. */
    void logRefused(String why) {
        RequestHead head = RequestHead.unreadable("HTTP/3.0");
        head.identify(loop.ids().next());
        peer.identify(head);
        Refusals.log(loop, head, why);
    }

    /** Ends the connection at once. */
    void fail(Http3ErrorCode error) {
        if (channel.isOpen()) {
            var _ = channel.close(true, error.code(), Unpooled.EMPTY_BUFFER);
        }
    }

    // ---- what happens to the connection

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline.await(Wait.NextRequest);
        if (Drain.asked(channel) != null) {
            channel.eventLoop().execute(this::drain);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof QuicStreamChannel stream
                && stream.type() == QuicStreamType.UNIDIRECTIONAL) {
            stream.pipeline().addLast(new OneWayStream());
        }
        // Who registers streams comes last.
        context.fireChannelRead(message);
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
        List.copyOf(open).forEach(Http3Request::gone);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (PeerFault.of(cause) == PeerFault.None) {
            LOG.error("a connection failed in a way that is a bug in the edge", cause);
            fail(Http3ErrorCode.H3_INTERNAL_ERROR);
        } else {
            LOG.debug("connection failed", cause);
        }
    }

    private void closed(Http3Request request) {
        open.remove(request);
        streams.leave();
        if (!open.isEmpty() || !channel.isActive()) {
            return;
        }
        idleSince = System.nanoTime();
        if (ends) {
            closeWhenIdle();
        } else {
            deadline.await(Wait.NextRequest);
        }
    }

    private void probeLater() {
        var _ =
                channel.eventLoop()
                        .schedule(
                                () -> {
                                    probing = !open.isEmpty();
                                    if (probing) {
                                        List.copyOf(open).forEach(Http3Request::probe);
                                        probeLater();
                                    }
                                },
                                PROBE_SECONDS,
                                TimeUnit.SECONDS);
    }

    // ---- the end

    private void idle() {
        if (open.isEmpty()) {
            end();
        }
    }

    private void drain() {
        if (drains) {
            return;
        }
        drains = true;
        goAway(NO_REQUEST);
        var _ = channel.eventLoop().schedule(this::end, DRAIN_SECONDS, TimeUnit.SECONDS);
    }

    /** Refuses further requests and closes when those that are open have ended. */
    private void end() {
        if (!ends && channel.isActive()) {
            ends = true;
            goAway(nextRequest);
            if (open.isEmpty()) {
                closeWhenIdle();
            }
        }
    }

    /** Closing throws away what is still on its way, so the last answer is given some time. */
    private void closeWhenIdle() {
        long left = idleSince + loop.timeouts().linger().toNanos() - System.nanoTime();
        if (left > 0) {
            var _ =
                    channel.eventLoop()
                            .schedule(
                                    () -> {
                                        if (open.isEmpty()) {
                                            fail(Http3ErrorCode.H3_NO_ERROR);
                                        }
                                    },
                                    left,
                                    TimeUnit.NANOSECONDS);
        } else {
            fail(Http3ErrorCode.H3_NO_ERROR);
        }
    }

    private void goAway(long firstRefused) {
        Channel control = Http3.getLocalControlStream(channel);
        if (control != null) {
            var _ = control.writeAndFlush(new DefaultHttp3GoAwayFrame(firstRefused));
        }
    }
}
