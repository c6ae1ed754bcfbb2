package dev.berth.proxy.h3;

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
import dev.berth.proxy.limit.Stalls;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.listen.HeadRules;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a client: HEADERS, DATA and trailers become the head and body of one exchange (RFC
 * 9114 section 4.1). Whatever makes them malformed resets the stream, and the backend sees at most
 * a request that is cut. A head waits for what follows it, because only that, or the end of the
 * stream, says whether there is a body. Confined to the event loop.
 */
final class Http3Request extends ChannelInboundHandlerAdapter implements Http3Answer.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Http3Request.class);

    private final Http3Connection connection;
    private final EdgeLoop loop;
    private final QuicStreamChannel channel;
    private final StreamBytes bytes;
    private final Deadline deadline;
    private final Stalls.Stall halfFrame;
    private final Http3Answer answer;
    private LengthSum length = new LengthSum(-1);
    private @Nullable Http3Headers waiting;
    private @Nullable Exchange exchange;
    private boolean begun;
    private boolean complete;
    private boolean inputEnded;
    private boolean answered;

    /** Whether the log tells of it, or will when its exchange ends. */
    private boolean told;

    Http3Request(Http3Connection connection, QuicStreamChannel channel, StreamBytes bytes) {
        this.connection = connection;
        this.loop = connection.loop();
        this.channel = channel;
        this.bytes = bytes;
        String client = connection.peer().address();
        this.halfFrame = loop.stalls().of(client, this::halfGivenUp);
        this.deadline =
                new Deadline(
                        channel.eventLoop(),
                        loop.timeouts(),
                        this::expired,
                        new Deadline.Receiver(
                                bytes::pending, loop.stalls().of(client, this::givenUp)));
        this.answer = new Http3Answer(channel, bytes, deadline, this);
        deadline.await(Wait.RequestHead);
    }

    /** Finds out whether the client still waits for the answer. */
    void probe() {
        if (exchange != null) {
            bytes.probe();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case Http3HeadersFrame frame when !begun -> head(frame.headers());
            case Http3HeadersFrame frame -> trailers(frame.headers());
            case Http3DataFrame frame -> data(frame);
            default -> ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        begin(false);
        countKept();
        if (exchange != null) {
            exchange.readComplete();
        }
    }

    /** What the codec holds of a frame that comes in parts. */
    private void countKept() {
        long kept = channel.isOpen() ? bytes.kept() : 0;
        if (kept > 0) {
            halfFrame.begins(kept);
        } else {
            halfFrame.ends();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        resume();
    }

    /** Writes on, if the stream takes more. */
    private void resume() {
        if (exchange != null && answer.writable()) {
            answer.writableAgain();
        }
        if (exchange != null && answer.writable()) {
            exchange.clientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof StreamEvent what) {
            switch (what) {
                case Ended -> ended();
                case Other -> connection.other();
                case Truncated -> {
                    refused("it ends within a frame");
                    connection.fail(Http3ErrorCode.H3_FRAME_ERROR);
                }
                case Stopped -> cancelled();
                case Taken -> resume();
            }
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        switch (PeerFault.of(cause)) {
            case PeerFault.Cancelled -> cancelled();
            case PeerFault.Malformed -> malformed("its fields are malformed");
            case PeerFault.Lost -> lost(cause);
            case PeerFault.None -> {
                LOG.error("a request failed in a way that is a bug in the edge", cause);
                if (exchange != null) {
                    exchange.fail(Failure.Internal, "");
                } else {
                    close(Http3ErrorCode.H3_INTERNAL_ERROR);
                }
            }
        }
    }

    private void lost(Throwable cause) {
        LOG.debug("stream failed", cause);
        if (cause instanceof Http3Exception fault) {
            refused("the connection ends with " + fault.errorCode());
        }
    }

    /** Tells the log of a request that never came to be an exchange, once. */
    private void refused(String why) {
        if (!told) {
            told = true;
            connection.logRefused(why);
        }
    }

    /** The stream or its connection has ended without being asked to. */
    void gone() {
        deadline.close();
        halfFrame.ends();
        Exchange interrupted = exchange;
        exchange = null;
        waiting = null;
        if (interrupted != null) {
            interrupted.clientGone();
        }
        answer.closed();
        close(Http3ErrorCode.H3_REQUEST_CANCELLED);
    }

    /** The client wants no answer any more. */
    private void cancelled() {
        gone();
        connection.wasReset();
    }

    // ---- what comes in

    private void head(Http3Headers fields) {
        begun = true;
        String violation = FieldRule.violation(FieldRule.REQUEST, fields);
        if (violation != null) {
            malformed(violation);
        } else {
            waiting = fields;
        }
    }

    private void begin(boolean endOfStream) {
        Http3Headers fields = waiting;
        waiting = null;
        if (fields == null || answered) {
            return;
        }
        RequestHead head = RequestFields.toHead(fields, "HTTP/3.0", endOfStream);
        length = new LengthSum(ContentLengthField.of(fields));
        if (!length.add(0, endOfStream)) {
            malformed("its content-length announces a body that does not follow");
            return;
        }
        complete = endOfStream;
        head.identify(loop.ids().next());
        Rejection rejection = HeadRules.checkFields(head, connection.peer());
        Exchange opened = new Exchange(loop, answer, head);
        exchange = opened;
        told = true;
        deadline.clear();
        if (rejection != null) {
            connection.peer().identify(head);
            opened.reject(rejection);
            return;
        }
        opened.begin();
        if (endOfStream) {
            content(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void data(Http3DataFrame frame) {
        begin(false);
        if (answered) {
            frame.release();
            return;
        }
        int size = frame.content().readableBytes();
        if (complete || !length.add(size, false)) {
            frame.release();
            malformed("its DATA frames do not add up to its content-length");
            return;
        }
        content(new DefaultHttpContent(frame.content()));
        if (size == 0) {
            connection.sentNothing();
        }
    }

    private void trailers(Http3Headers fields) {
        begin(false);
        if (answered) {
            return;
        }
        if (complete || !length.add(0, true)) {
            malformed("its DATA frames do not add up to its content-length");
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

    private void ended() {
        inputEnded = true;
        begin(true);
        if (complete || answered) {
            return;
        }
        if (!begun) {
            refused("it ended before its head");
            close(Http3ErrorCode.H3_REQUEST_INCOMPLETE);
        } else if (!length.add(0, true)) {
            malformed("its DATA frames do not add up to its content-length");
        } else {
            complete = true;
            content(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void content(HttpContent piece) {
        if (exchange != null) {
            exchange.content(piece);
        } else {
            piece.release();
        }
    }

    /** Resets the stream (RFC 9114 section 4.1.2): nothing that follows on it can be trusted. */
    private void malformed(String why) {
        LOG.debug("stream reset: {}", why);
        waiting = null;
        if (exchange != null) {
            breakOff(Failure.BadRequest.name(), Http3ErrorCode.H3_MESSAGE_ERROR);
        } else {
            breakOff(why, Http3ErrorCode.H3_MESSAGE_ERROR);
        }
        connection.wasReset();
    }

    private void expired(Wait wait) {
        if (exchange != null) {
            exchange.expired(wait);
        } else {
            refused("its head did not arrive in time");
            cut(Http3ErrorCode.H3_REQUEST_CANCELLED);
            connection.leftOpen();
        }
    }

    /** The memory that is kept for it is needed. */
    private void givenUp() {
        answer.cutWith(Http3ErrorCode.H3_EXCESSIVE_LOAD);
        deadline.expire();
    }

    /** The same, while the rest of a frame is awaited. */
    private void halfGivenUp() {
        breakOff("no memory", Http3ErrorCode.H3_EXCESSIVE_LOAD);
        connection.leftOpen();
    }

    private void breakOff(String why, Http3ErrorCode error) {
        Exchange open = exchange;
        if (open != null) {
            answer.cutWith(error);
            open.breakOff(why);
        } else {
            refused(why);
            cut(error);
        }
    }

    // ---- what follows an answer

    /**
     * The answer is written, but waits for the client's window. Only when it is out may a client
     * that still sends be told to stop (RFC 9114 section 4.1).
     */
    @Override
    public void answered(ChannelFuture end) {
        exchange = null;
        answered = true;
        answer.read(true);
        deadline.await(Wait.ClientTakesBody);
        end.addListener(
                _ -> {
                    deadline.close();
                    if (!inputEnded) {
                        connection.leftOpen();
                    }
                    if (!inputEnded || !end.isSuccess()) {
                        close(Http3ErrorCode.H3_NO_ERROR);
                    }
                });
    }

    @Override
    public void cut(Http3ErrorCode error) {
        exchange = null;
        answered = true;
        deadline.close();
        close(error);
    }

    /** Ends both ways of the stream; an answer that is out already is not taken back. */
    private void close(Http3ErrorCode error) {
        answered = true;
        if (!channel.isOpen()) {
            return;
        }
        if (error == Http3ErrorCode.H3_NO_ERROR) {
            var _ = channel.shutdownInput(error.code());
        } else {
            var _ = channel.shutdown(error.code());
        }
        var _ = channel.close();
    }
}
