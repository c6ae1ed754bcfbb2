package dev.berth.proxy.h2;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.Exchange;
import dev.berth.proxy.fields.ContentLengthField;
import dev.berth.proxy.fields.FieldCopy;
import dev.berth.proxy.fields.FieldRule;
import dev.berth.proxy.fields.RequestFields;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.LengthSum;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.listen.HeadRules;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a client: HEADERS, DATA and trailers become the head and body of one exchange (RFC
 * 9113 section 8.1). Whatever makes them malformed resets the stream, and the backend sees at most
 * a request that is cut. Confined to the event loop.
 */
final class Http2Request extends ChannelInboundHandlerAdapter implements Http2Answer.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Request.class);

    private final Http2Connection connection;
    private final EdgeLoop loop;
    private final Channel channel;
    private final Deadline deadline;
    private final Http2Answer answer;
    private LengthSum length = new LengthSum(-1);
    private @Nullable Exchange exchange;
    private boolean begun;
    private boolean complete;
    private boolean answered;

    Http2Request(Http2Connection connection, Channel channel) {
        this.connection = connection;
        this.loop = connection.loop();
        this.channel = channel;
        this.deadline =
                new Deadline(
                        channel.eventLoop(),
                        loop.timeouts(),
                        this::expired,
                        Deadline.Receiver.of(
                                channel,
                                loop.stalls().of(connection.peer().address(), this::givenUp)));
        this.answer = new Http2Answer(channel, deadline, this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case Http2HeadersFrame frame when !begun -> head(frame.headers(), frame.isEndStream());
            case Http2HeadersFrame frame -> trailers(frame.headers(), frame.isEndStream());
            case Http2DataFrame frame -> data(frame);
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
            answer.writableAgain();
        }
        if (exchange != null && channel.isWritable()) {
            exchange.clientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame) {
            gone();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (Http2Connection.isPeersFault(cause)) {
            LOG.debug("stream failed", cause);
            if (!begun && cause instanceof Http2Exception) {
                begun = true;
                connection.logRefused("its fields are malformed");
            }
            return; // the stream is closed after this
        }
        LOG.error("a request failed in a way that is a bug in the edge", cause);
        if (exchange != null) {
            exchange.fail(Failure.Internal, "");
        } else {
            var _ = channel.close();
        }
    }

    /** The stream or its connection has ended without being asked to. */
    void gone() {
        deadline.close();
        Exchange interrupted = exchange;
        exchange = null;
        if (interrupted != null) {
            interrupted.clientGone();
        }
        answer.closed();
        if (channel.isOpen()) {
            var _ = channel.close();
        }
    }

    // ---- what comes in

    private void head(Http2Headers fields, boolean endOfStream) {
        begun = true;
        String violation = FieldRule.violation(FieldRule.REQUEST, fields);
        if (violation != null) {
            malformed(violation);
            return;
        }
        RequestHead head = RequestFields.toHead(fields, "HTTP/2.0", endOfStream);
        length = new LengthSum(ContentLengthField.of(fields));
        if (!length.add(0, endOfStream)) {
            malformed("its content-length announces a body that does not follow");
            return;
        }
        complete = endOfStream;
        ExtendedConnect.translate(fields, head, loop.random());
        head.identify(loop.ids().next());
        Rejection rejection = HeadRules.checkFields(head, connection.peer());
        // Only now: the rules have found out the host, which an exchange may look at once.
        Exchange opened = new Exchange(loop, answer, head);
        exchange = opened;
        if (rejection != null) {
            connection.peer().identify(head);
            opened.reject(rejection);
            return;
        }
        answer.holdInput(head.webSocket());
        opened.begin();
        if (endOfStream || head.webSocket()) {
            content(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void data(Http2DataFrame frame) {
        if (answered) {
            frame.release();
            return;
        }
        boolean last = frame.isEndStream();
        if (complete || !length.add(frame.content().readableBytes(), last)) {
            frame.release();
            malformed("its DATA frames do not add up to its content-length");
            return;
        }
        complete = last;
        content(
                last
                        ? new DefaultLastHttpContent(frame.content(), EmptyHttpHeaders.INSTANCE)
                        : new DefaultHttpContent(frame.content()));
    }

    private void trailers(Http2Headers fields, boolean endOfStream) {
        if (answered) {
            return;
        }
        if (complete || !endOfStream || !length.add(0, true)) {
            malformed("its trailers are not its end");
            return;
        }
        String violation = FieldRule.violation(FieldRule.TRAILERS, fields);
        if (violation != null) {
            malformed(violation);
            return;
        }
        complete = true;
        content(FieldCopy.end(fields));
    }

    private void content(HttpContent piece) {
        if (exchange != null) {
            exchange.content(piece);
        } else {
            piece.release();
        }
    }

    /** Resets the stream (RFC 9113 section 8.1.1): nothing that follows on it can be trusted. */
    private void malformed(String why) {
        LOG.debug("stream reset: {}", why);
        Exchange open = exchange;
        if (open != null) {
            answer.cutWith(Http2Error.PROTOCOL_ERROR);
            open.breakOff(Failure.BadRequest.name());
        } else {
            answered = true;
            connection.logRefused(why);
            reset(Http2Error.PROTOCOL_ERROR);
        }
    }

    private void expired(Wait wait) {
        if (exchange != null) {
            exchange.expired(wait);
        } else {
            reset(Http2Error.CANCEL);
        }
    }

    /** The memory that is kept for it is needed. */
    private void givenUp() {
        answer.cutWith(Http2Error.ENHANCE_YOUR_CALM);
        // An upload that its backend does not take gets an answer.
        if (exchange == null || deadline.waiting() == Wait.BackendTakesBody) {
            deadline.expire();
        } else {
            exchange.breakOff("took nothing");
        }
    }

    // ---- what follows an answer

    /**
     * The answer is written, but waits for the client's window. Only when it is out may a client
     * that still sends be told to stop (RFC 9113 section 8.1): a reset drops what waits.
     */
    @Override
    public void answered(ChannelFuture lastFrame) {
        exchange = null;
        answered = true;
        answer.holdInput(false);
        deadline.await(Wait.ClientTakesBody);
        channel.flush();
        lastFrame.addListener(
                _ -> {
                    deadline.close();
                    if (!complete) {
                        reset(Http2Error.NO_ERROR);
                    }
                });
    }

    @Override
    public void wrote(int bytes) {
        connection.sent(bytes);
    }

    @Override
    public void leaveHttp() {
        exchange = null;
        answered = true;
        channel.pipeline().remove(this);
    }

    @Override
    public void cut(Http2Error error) {
        exchange = null;
        answered = true;
        deadline.close();
        reset(error);
    }

    private void reset(Http2Error error) {
        var _ = channel.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }
}
