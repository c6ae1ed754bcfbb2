package dev.berth.proxy.listen;

import dev.berth.proxy.closing.OutputClose;
import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.Exchange;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1 connection of a client: the last handler of its pipeline. One exchange at a time; when
 * it has ended, the next request is decoded or the connection closes. Confined to the event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements Http1Stream.Owner, RequestDecoder.Reading {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** Bodies up to this size are read to their end although nobody wants them. */
    private static final long MAX_UNWANTED = 64 * 1024;

    private final Channel channel;
    private final EdgeLoop loop;
    private final Peer peer;
    private final HeadRules rules;
    private final RequestDecoder decoder = new RequestDecoder(this);
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final Deadline deadline;
    private final Http1Stream stream;
    private @Nullable Exchange exchange;
    private boolean headBegun;
    private boolean requestComplete;
    private boolean mayDrain;
    private boolean fullAfterAnswer;
    private @Nullable Drain stopping;
    private boolean closing;

    ClientConnection(Channel channel, EdgeLoop loop, Peer peer) {
        this.channel = channel;
        this.loop = loop;
        this.peer = peer;
        this.rules = new HeadRules(peer);
        this.deadline =
                new Deadline(
                        channel.eventLoop(),
                        loop.timeouts(),
                        this::expired,
                        Deadline.Receiver.of(
                                channel, loop.stalls().of(peer.address(), this::givenUp)));
        this.stream = new Http1Stream(channel, encoder, deadline, this);
    }

    RequestDecoder decoder() {
        return decoder;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    HeadRules rules() {
        return rules;
    }

    // ---- what comes in

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline.await(Wait.RequestHead);
        Drain asked = Drain.asked(channel);
        if (asked != null) {
            drain(asked);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Drain asked) {
            drain(asked);
        }
    }

    /** Closes when nothing is in flight, now or later. */
    private void drain(Drain asked) {
        stopping = asked;
        stream.endUnlessPromised();
        if (exchange == null) {
            closeIdle(asked);
        }
    }

    private void closeIdle(Drain asked) {
        switch (asked) {
            case Stop -> closeUnused();
            case HandOver -> {
                var _ =
                        channel.eventLoop()
                                .schedule(
                                        this::closeUnused,
                                        Drain.LAST_REQUEST.toMillis(),
                                        TimeUnit.MILLISECONDS);
            }
        }
    }

    private void closeUnused() {
        if (exchange == null && !headBegun && !closing) {
            closeAfterWriting();
        }
    }

    @Override
    public void headBegun() {
        headBegun = true;
        deadline.await(Wait.RequestHead);
    }

    @Override
    public String requestId() {
        return loop.ids().next();
    }

    @Override
    public void holdsTooMuch(boolean tooMuch) {
        stream.holdsTooMuch(tooMuch);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        switch (message) {
            case RequestHead head -> begin(head);
            case HttpContent piece -> content(piece);
            case Rejection rejection -> reject(rejection);
            default -> ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null && channel.isWritable()) {
            stream.writableAgain();
        }
        if (exchange != null && channel.isWritable()) {
            exchange.clientWritable();
        }
        if (fullAfterAnswer && channel.isWritable()) {
            fullAfterAnswer = false;
            next();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.close();
        closing = true;
        Exchange interrupted = exchange;
        exchange = null;
        if (interrupted != null) {
            interrupted.clientGone();
        }
        stream.closed();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a request failed in a way that is a bug in the edge", cause);
            if (exchange != null) {
                stream.endAfterThis();
                exchange.fail(Failure.Internal, "");
                return;
            }
        }
        var _ = channel.close();
    }

    private void begin(RequestHead head) {
        headBegun = false;
        requestComplete = head.bodyLength() == 0;
        mayDrain = drainable(head);
        deadline.clear();
        stream.begin(head, head.keepAlive() && stopping == null);
        Exchange begun = new Exchange(loop, stream, head);
        exchange = begun;
        begun.begin();
    }

    private void content(HttpContent piece) {
        Exchange current = exchange;
        boolean last = piece instanceof LastHttpContent;
        boolean wasAwaited = last && !requestComplete;
        requestComplete |= last;
        if (current != null) {
            current.content(piece);
            return;
        }
        piece.release();
        if (wasAwaited) {
            next();
        }
    }

    private void reject(Rejection rejection) {
        Exchange current = exchange;
        if (current == null) {
            RequestHead head = rejection.head() == null ? unreadable() : rejection.head();
            peer.identify(head);
            requestComplete = false;
            stream.begin(head, false);
            current = new Exchange(loop, stream, head);
            exchange = current;
        }
        stream.endAfterThis();
        current.reject(rejection);
    }

    private RequestHead unreadable() {
        RequestHead head =
                new RequestHead(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.valueOf("-"),
                        "-",
                        DefaultHttpHeadersFactory.headersFactory());
        head.identify(requestId());
        return head;
    }

    private void expired(Wait wait) {
        if (wait == Wait.RequestHead && headBegun) {
            reject(new Rejection(Failure.RequestTimeout, "Its head did not arrive in time."));
        } else if (exchange != null) {
            exchange.expired(wait);
        } else {
            var _ = channel.close();
        }
    }

    /** The memory that is kept for it is needed. */
    private void givenUp() {
        // An upload that its backend does not take gets an answer.
        if (exchange == null || deadline.waiting() == Wait.BackendTakesBody) {
            deadline.expire();
        } else {
            exchange.breakOff("took nothing");
        }
    }

    // ---- what follows an answer

    @Override
    public void answered() {
        exchange = null;
        if (stream.keepsAlive() && requestComplete) {
            channel.flush();
            next();
        } else if (stream.keepsAlive() && mayDrain) {
            channel.flush();
            deadline.await(Wait.RequestBody);
            stream.read(true); // last: what waits there may come at once
        } else {
            close();
        }
    }

    @Override
    public void brokenOff() {
        exchange = null;
        closing = true;
    }

    @Override
    public void leaveHttp() {
        exchange = null;
        channel.pipeline().remove(this);
        channel.pipeline().remove(rules);
        channel.pipeline().remove(decoder);
    }

    /** Who expects a 100 and got an answer instead may never send the body. */
    private static boolean drainable(RequestHead head) {
        return head.bodyLength() >= 0
                && head.bodyLength() <= MAX_UNWANTED
                && !head.headers().contains(HttpHeaderNames.EXPECT);
    }

    /**
     * A client that sends requests and takes no answers gets no further ones: what is written and
     * not taken would grow with each.
     */
    private void next() {
        if (!channel.isWritable()) {
            fullAfterAnswer = true;
            deadline.await(Wait.ClientTakesBody);
            return;
        }
        requestComplete = false;
        deadline.await(Wait.NextRequest);
        stream.read(true);
        try {
            decoder.proceed(channel.pipeline().context(decoder));
        } catch (Exception e) {
            exceptionCaught(channel.pipeline().context(this), e);
        }
        if (stopping != null && exchange == null) {
            closeIdle(stopping);
        }
    }

    /**
     * Sends what is written and closes. With a request that is not read to its end a plain close
     * would reset the connection and could take the answer with it (RFC 9112 section 9.6), so first
     * only our side is closed and what comes in is thrown away for a while.
     */
    private void close() {
        if (requestComplete) {
            closeAfterWriting();
            return;
        }
        stream.holdsTooMuch(false);
        stream.read(true);
        closeAfterWriting(
                () -> {
                    deadline.await(Wait.ClientClose);
                    OutputClose.of(channel);
                });
    }

    private void closeAfterWriting() {
        closeAfterWriting(
                () -> {
                    var _ = channel.close();
                });
    }

    /** However slowly the client takes the end of its answer; but it must take it. */
    private void closeAfterWriting(Runnable then) {
        closing = true;
        fullAfterAnswer = false;
        deadline.await(Wait.ClientTakesBody);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        written -> {
                            if (written.isSuccess()) {
                                then.run();
                            }
                        });
    }
}
