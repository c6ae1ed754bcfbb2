package dev.berth.proxy.listen;

import dev.berth.proxy.exchange.ClientStream;
import dev.berth.proxy.exchange.PumpedFile;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The answers on an HTTP/1 connection, one after the other. Frames each by what the client speaks
 * (RFC 9112 section 6.3): Content-Length if there is one, else chunks, else the end of the
 * connection. The head waits for what follows it, so that a small answer is one buffer. Confined to
 * the event loop.
 */
final class Http1Stream implements ClientStream {
    private final Channel channel;
    private final ResponseEncoder encoder;
    private final Deadline deadline;
    private final Owner owner;
    private boolean http11;
    private boolean keepAlive = true;
    private boolean endsByClose;
    private boolean promised;
    private boolean bodyPaused;
    private boolean holdsTooMuch;
    private @Nullable HttpResponse unsent;
    private final PumpedFile file;

    Http1Stream(Channel channel, ResponseEncoder encoder, Deadline deadline, Owner owner) {
        this.channel = channel;
        this.file = new PumpedFile(channel, channel::isWritable, this::body);
        this.encoder = encoder;
        this.deadline = deadline;
        this.owner = owner;
    }

    /** The connection that the answers are written to. */
    interface Owner {
        /** The last byte of an answer is written, not yet flushed. */
        void answered();

        /** The answer was broken off; the channel is closing. */
        void brokenOff();

        /** The connection leaves HTTP: everything of it must leave the pipeline. */
        void leaveHttp();
    }

    /** The next answer is to this request. */
    void begin(RequestHead request, boolean staysOpen) {
        http11 = request.http11();
        keepAlive = staysOpen;
        endsByClose = false;
        promised = false;
    }

    /** The connection ends with the present answer. */
    void endAfterThis() {
        keepAlive = false;
    }

    /**
     * The same, unless the head of the answer has gone out and said otherwise: the client may send
     * its next request as soon as it has the answer.
     */
    void endUnlessPromised() {
        keepAlive &= promised;
    }

    /** Whether the connection serves another request after the present one. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Stops or resumes reading because of what the decoder holds. */
    void holdsTooMuch(boolean tooMuch) {
        holdsTooMuch = tooMuch;
        applyReading();
    }

    @Override
    public void head(HttpResponse response, boolean hasBody) {
        HttpHeaders headers = response.headers();
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
        promised = keepAlive;
        encoder.expectBody(hasBody);
        unsent = response;
    }

    @Override
    public void informational(HttpResponse response) {
        var _ = channel.write(response, channel.voidPromise());
        var _ = channel.write(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
    }

    @Override
    public void switching(HttpResponse response) {
        informational(response);
    }

    @Override
    public void body(HttpContent piece) {
        sendHead();
        var _ = channel.write(piece, channel.voidPromise());
    }

    @Override
    public ChannelFuture file(FileRegion region) {
        sendHead();
        if (channel.pipeline().get(SslHandler.class) == null) {
            return channel.write(region);
        }
        return file.send(region);
    }

    /** The connection takes bytes again. */
    void writableAgain() {
        file.writableAgain();
    }

    /** The connection is gone. */
    void closed() {
        file.abort();
    }

    @Override
    public void end(LastHttpContent last) {
        file.end();
        var _ = channel.write(withHead(last), channel.voidPromise());
        owner.answered();
    }

    @Override
    public void cut() {
        if (endsByClose) {
            // Only a reset tells this client that the body is not complete.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        closed();
        unsent = null;
        owner.brokenOff();
        var _ = channel.close();
    }

    @Override
    public void flush() {
        sendHead();
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
        channel.pipeline().addLast(rawHandler);
        channel.pipeline().remove(encoder);
        holdsTooMuch = false;
        read(true);
        owner.leaveHttp();
        return channel;
    }

    private void sendHead() {
        HttpResponse head = unsent;
        if (head != null) {
            unsent = null;
            var _ = channel.write(head, channel.voidPromise());
        }
    }

    /** The whole answer if its head still waits, else its end. */
    private LastHttpContent withHead(LastHttpContent last) {
        HttpResponse head = unsent;
        if (head == null) {
            return last;
        }
        unsent = null;
        encoder.expectInOneBuffer(last.content().readableBytes());
        return new DefaultFullHttpResponse(
                head.protocolVersion(),
                head.status(),
                last.content(),
                head.headers(),
                last.trailingHeaders());
    }

    private void applyReading() {
        boolean reading = !bodyPaused && !holdsTooMuch;
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }
}
