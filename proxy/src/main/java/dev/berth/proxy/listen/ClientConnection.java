package dev.berth.proxy.listen;

import dev.berth.proxy.exchange.ClientStream;
import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.Exchange;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1 connection of a client: the last handler of its pipeline. One exchange at a time; when
 * it has ended, the next request is decoded or the connection closes. Confined to the event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
        implements ClientStream, RequestDecoder.Reading {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** Bodies up to this size are read to their end although nobody wants them. */
    private static final long MAX_UNWANTED = 64 * 1024;

    private final Channel channel;
    private final EdgeLoop loop;
    private final RequestDecoder decoder = new RequestDecoder(this);
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final Deadline deadline;
    private @Nullable Exchange exchange;
    private @Nullable RequestHead request;
    private boolean headBegun;
    private boolean requestComplete;
    private boolean keepAlive = true;
    private boolean endsByClose;
    private boolean draining;
    private boolean closing;
    private boolean bodyPaused;
    private boolean holdsTooMuch;

    ClientConnection(Channel channel, EdgeLoop loop) {
        this.channel = channel;
        this.loop = loop;
        this.deadline = new Deadline(channel.eventLoop(), loop.timeouts(), this::expired);
    }

    RequestDecoder decoder() {
        return decoder;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    Channel channel() {
        return channel;
    }

    /** Closes when nothing is in flight, now or later. Any thread. */
    void drain() {
        channel.eventLoop()
                .execute(
                        () -> {
                            draining = true;
                            keepAlive = false;
                            if (exchange == null && !headBegun) {
                                var _ = channel.close();
                            }
                        });
    }

    // ---- what comes in

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline.await(Wait.RequestHead);
        context.fireChannelActive();
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
            exchange.clientWritable();
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
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a request failed in a way that is a bug in the edge", cause);
            if (exchange != null) {
                keepAlive = false;
                exchange.fail(Failure.Internal, "");
                return;
            }
        }
        var _ = channel.close();
    }

    private void begin(RequestHead head) {
        request = head;
        headBegun = false;
        requestComplete = head.bodyLength() == 0;
        keepAlive = head.keepAlive() && !draining;
        endsByClose = false;
        deadline.clear();
        Exchange begun = new Exchange(loop, this, head);
        exchange = begun;
        begun.begin();
    }

    private void content(HttpContent piece) {
        Exchange current = exchange;
        boolean last = piece instanceof LastHttpContent;
        boolean unwanted = last && !requestComplete && current == null;
        requestComplete |= last;
        if (current != null) {
            current.content(piece);
            return;
        }
        piece.release();
        if (unwanted) {
            next();
        }
    }

    private void reject(Rejection rejection) {
        keepAlive = false;
        if (exchange == null) {
            RequestHead head = rejection.head() == null ? unreadable() : rejection.head();
            head.from(ForwardedHeaders.address(channel.remoteAddress()));
            request = head;
            requestComplete = false;
            exchange = new Exchange(loop, this, head);
        }
        exchange.reject(rejection);
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
        boolean late = wait == Wait.RequestHead && headBegun;
        if (late) {
            reject(new Rejection(Failure.RequestTimeout, "Its head did not arrive in time."));
        } else if (exchange != null) {
            exchange.expired(wait);
        } else {
            var _ = channel.close();
        }
    }

    // ---- what goes out

    @Override
    public void head(HttpResponse response, boolean hasBody) {
        HttpHeaders headers = response.headers();
        boolean http11 = request != null && request.http11();
        response.setProtocolVersion(HttpVersion.HTTP_1_1);
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (hasBody && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (http11) {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            } else {
                keepAlive = false;
                endsByClose = true;
            }
        }
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!http11) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        encoder.expectBody(hasBody);
        var _ = channel.write(response, channel.voidPromise());
    }

    @Override
    public void informational(HttpResponse response) {
        var _ = channel.write(response, channel.voidPromise());
        var _ = channel.write(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
    }

    @Override
    public void body(HttpContent piece) {
        var _ = channel.write(piece, channel.voidPromise());
    }

    @Override
    public ChannelFuture file(FileRegion region) {
        return channel.write(region);
    }

    @Override
    public void end(LastHttpContent last) {
        var _ = channel.write(last, channel.voidPromise());
        exchange = null;
        boolean mayDrain = request != null && drainable(request);
        if (keepAlive && requestComplete) {
            channel.flush();
            next();
        } else if (keepAlive && mayDrain) {
            channel.flush();
            read(true);
            deadline.await(Wait.RequestBody);
        } else {
            close();
        }
    }

    @Override
    public void cut() {
        exchange = null;
        closing = true;
        if (endsByClose) {
            // Only a reset tells this client that the body is not complete.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var _ = channel.close();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void read(boolean reading) {
        bodyPaused = !reading;
        applyReading();
    }

    @Override
    public void holdsTooMuch(boolean tooMuch) {
        holdsTooMuch = tooMuch;
        applyReading();
    }

    @Override
    public void await(Wait wait) {
        deadline.await(wait);
    }

    @Override
    public void awaitNothing() {
        deadline.clear();
    }

    @Override
    public Channel unwrap(ChannelHandler rawHandler) {
        deadline.close();
        exchange = null;
        var pipeline = channel.pipeline();
        pipeline.addLast(rawHandler);
        pipeline.remove(encoder);
        pipeline.remove(this);
        ClientInitializer.removeRules(pipeline);
        channel.config().setAutoRead(true);
        pipeline.remove(decoder);
        return channel;
    }

    /** Who expects a 100 and got an answer instead may never send the body. */
    private static boolean drainable(RequestHead head) {
        return head.bodyLength() >= 0
                && head.bodyLength() <= MAX_UNWANTED
                && !head.headers().contains(HttpHeaderNames.EXPECT);
    }

    private void next() {
        requestComplete = false;
        bodyPaused = false;
        applyReading();
        deadline.await(Wait.NextRequest);
        try {
            decoder.proceed(channel.pipeline().context(decoder));
        } catch (Exception e) {
            exceptionCaught(channel.pipeline().context(this), e);
        }
    }

    private void applyReading() {
        boolean reading = !bodyPaused && !holdsTooMuch;
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    /**
     * Sends what is written and closes. With a request that is not read to its end a plain close
     * would reset the connection and could take the answer with it (RFC 9112 section 9.6), so first
     * only our side is closed and what comes in is thrown away for a while.
     */
    private void close() {
        closing = true;
        boolean lingers = !requestComplete;
        if (lingers) {
            bodyPaused = false;
            holdsTooMuch = false;
            applyReading();
            deadline.await(Wait.ClientClose);
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(
                        (ChannelFutureListener)
                                future -> {
                                    if (lingers && channel instanceof DuplexChannel duplex) {
                                        var _ = duplex.shutdownOutput();
                                    } else {
                                        var _ = channel.close();
                                    }
                                });
    }
}
