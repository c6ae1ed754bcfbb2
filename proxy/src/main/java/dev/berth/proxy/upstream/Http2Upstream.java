package dev.berth.proxy.upstream;

import dev.berth.proxy.fields.FieldCopy;
import dev.berth.proxy.fields.FieldRule;
import dev.berth.proxy.http.LengthSum;
import dev.berth.proxy.http.RequestHead;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to a backend (RFC 9113 section 8.1): a request and its answer, trailers included.
 * Closing it before both have ended resets it, which is how a call is cancelled. Confined to the
 * event loop.
 */
public final class Http2Upstream extends ChannelInboundHandlerAdapter
        implements UpstreamConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Upstream.class);
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private final boolean reused;
    private final Runnable onSilence;
    private @Nullable Channel channel;
    private @Nullable User user;
    private LengthSum length = new LengthSum(-1);
    private boolean headRequest;
    private boolean answered;
    private boolean unprocessed;
    private boolean requestEnded;

    /**
     * A stream that is not open yet.
     *
     * @param reused whether its connection has served other requests
     * @param onSilence no answer came in time
     */
    Http2Upstream(boolean reused, Runnable onSilence) {
        this.reused = reused;
        this.onSilence = onSilence;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public boolean stale() {
        return reused && !channel().parent().isActive();
    }

    @Override
    public boolean unprocessed() {
        return unprocessed;
    }

    @Override
    public void silent() {
        onSilence.run();
    }

    @Override
    public boolean active() {
        return channel().isActive();
    }

    @Override
    public void take(User newUser, boolean isHeadRequest) {
        user = newUser;
        headRequest = isHeadRequest;
    }

    @Override
    public void write(Object part) {
        switch (part) {
            case RequestHead head -> {
                requestEnded = head.bodyLength() == 0;
                send(new DefaultHttp2HeadersFrame(fields(head), requestEnded));
            }
            case LastHttpContent last -> end(last);
            case HttpContent piece when piece.content().isReadable() ->
                    send(new DefaultHttp2DataFrame(piece.content()));
            default -> ReferenceCountUtil.release(part);
        }
    }

    @Override
    public void flush() {
        channel().flush();
    }

    @Override
    public boolean writable() {
        return channel().isWritable();
    }

    @Override
    public void read(boolean reading) {
        if (channel().config().isAutoRead() != reading) {
            channel().config().setAutoRead(reading);
        }
    }

    /** Nothing to give back: a stream is for one request. */
    @Override
    public void giveBack() {
        user = null;
    }

    @Override
    public void close() {
        user = null;
        var _ = channel().close();
    }

    private void end(LastHttpContent last) {
        if (requestEnded) {
            last.release();
            return;
        }
        requestEnded = true;
        if (last.trailingHeaders().isEmpty()) {
            send(new DefaultHttp2DataFrame(last.content(), true));
            return;
        }
        Http2Headers trailers = new DefaultHttp2Headers(false, last.trailingHeaders().size());
        FieldCopy.copy(last.trailingHeaders(), trailers);
        send(new DefaultHttp2DataFrame(last.content()));
        send(new DefaultHttp2HeadersFrame(trailers, true));
    }

    private static Http2Headers fields(RequestHead head) {
        Http2Headers fields = new DefaultHttp2Headers(false, head.headers().size() + 5);
        fields.method(head.method().asciiName())
                .scheme("http")
                .path(head.uri())
                .authority(String.valueOf(head.headers().get(HttpHeaderNames.HOST)));
        FieldCopy.copy(head.headers(), fields);
        if (head.takesTrailers()) {
            fields.set(HttpHeaderNames.TE, "trailers");
        }
        return fields;
    }

    private void send(Object frame) {
        var _ = channel().write(frame, channel().voidPromise());
    }

    // ---- the answer

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        User current = user;
        if (current == null) {
            ReferenceCountUtil.release(message);
            return;
        }
        switch (message) {
            case Http2HeadersFrame frame when !answered -> head(current, frame);
            case Http2HeadersFrame frame -> trailers(current, frame);
            case Http2DataFrame frame -> data(current, frame);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void head(User to, Http2HeadersFrame frame) {
        int status = status(frame.headers());
        boolean informational = status >= 100 && status < 200;
        if (status < 0
                || status == 101
                || (informational && frame.isEndStream())
                || FieldRule.violation(FieldRule.RESPONSE, frame.headers()) != null) {
            malformed();
            return;
        }
        HttpResponse response =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), UNCHECKED);
        FieldCopy.copy(frame.headers(), response.headers());
        answered = !informational;
        if (answered && !headRequest && status != 204 && status != 304) {
            length = new LengthSum(contentLength(response));
        }
        if (answered && !length.add(0, frame.isEndStream())) {
            malformed();
            return;
        }
        to.response(response);
        if ((informational || frame.isEndStream()) && isStill(to)) {
            to.content(LastHttpContent.EMPTY_LAST_CONTENT, this);
        }
    }

    private void data(User to, Http2DataFrame frame) {
        boolean last = frame.isEndStream();
        if (!answered || !length.add(frame.content().readableBytes(), last)) {
            frame.release();
            malformed();
            return;
        }
        to.content(
                last
                        ? new DefaultLastHttpContent(frame.content(), EmptyHttpHeaders.INSTANCE)
                        : new DefaultHttpContent(frame.content()),
                this);
    }

    private void trailers(User to, Http2HeadersFrame frame) {
        if (!frame.isEndStream() || !length.add(0, true)) {
            malformed();
            return;
        }
        if (FieldRule.violation(FieldRule.TRAILERS, frame.headers()) != null) {
            malformed();
            return;
        }
        to.content(FieldCopy.end(frame.headers()), this);
    }

    /** Three digits, else -1. */
    private static int status(Http2Headers fields) {
        CharSequence status = fields.status();
        return status != null
                        && status.length() == 3
                        && status.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Integer.parseInt(status, 0, 3, 10)
                : -1;
    }

    /** -1 when there is none; the length of nothing, which never fits, when it is no number. */
    private static long contentLength(HttpResponse response) {
        String text = response.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (text == null) {
            return -1;
        }
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    /** Breaks off what is no answer (RFC 9113 section 8.1.1). */
    private void malformed() {
        var _ = channel().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
        gone();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        User current = user;
        if (current != null) {
            current.backendReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        User current = user;
        if (current != null) {
            current.backendWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            unprocessed = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
            gone();
        } else if (event instanceof Http2GoAwayFrame) {
            // Only streams that the backend will not look at are told (RFC 9113 section 6.8),
            // before
            // their connection is, which must not be taken for the next attempt.
            unprocessed = true;
            context.executor().execute(this::gone);
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (unprocessed) {
            context.executor().execute(this::gone);
        } else {
            gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("stream failed", cause);
        var _ = context.close();
    }

    private void gone() {
        User interrupted = user;
        user = null;
        if (interrupted != null) {
            interrupted.closed();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very user, not one like it
    private boolean isStill(User before) {
        return user == before;
    }

    private Channel channel() {
        Channel open = channel;
        if (open == null) {
            throw new IllegalStateException("the stream is not open");
        }
        return open;
    }
}
