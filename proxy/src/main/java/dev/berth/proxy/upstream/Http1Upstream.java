package dev.berth.proxy.upstream;

import dev.berth.schemas.edge.Backend;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1 connection to a backend: the last handler of its pipeline. It serves one user at a
 * time; with none it lies in the pool, and then any byte or the end of the stream closes it.
 * Confined to the event loop.
 */
public final class Http1Upstream extends ChannelInboundHandlerAdapter
        implements UpstreamConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Upstream.class);

    private final Channel channel;
    private final Backend backend;
    private final UpstreamPool pool;
    private final ResponseDecoder decoder;
    private @Nullable User user;
    private @Nullable HttpRequest unsent;
    private boolean reused;
    private long idleSince;

    Http1Upstream(Channel channel, Backend backend, UpstreamPool pool, ResponseDecoder decoder) {
        this.channel = channel;
        this.backend = backend;
        this.pool = pool;
        this.decoder = decoder;
    }

    /** The backend at the other end. */
    Backend backend() {
        return backend;
    }

    /** The connection itself, for an upgrade. */
    public Channel channel() {
        return channel;
    }

    @Override
    public boolean stale() {
        return reused;
    }

    /** Never: it closed without a word. */
    @Override
    public boolean unprocessed() {
        return false;
    }

    @Override
    public void silent() {
        // nobody shares it
    }

    @Override
    public boolean active() {
        return channel.isActive();
    }

    @Override
    public void take(User newUser, boolean headRequest) {
        user = newUser;
        unsent = null;
        decoder.expect(headRequest);
    }

    @Override
    public void write(Object part) {
        if (part instanceof HttpRequest head) {
            unsent = head;
        } else if (unsent != null && part instanceof LastHttpContent last) {
            var _ = channel.write(whole(unsent, last), channel.voidPromise());
            unsent = null;
        } else {
            writeHead();
            var _ = channel.write(part, channel.voidPromise());
        }
    }

    @Override
    public void flush() {
        writeHead();
        channel.flush();
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void read(boolean reading) {
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    /**
     * Gives the connection back after a complete exchange that leaves it usable. One with bytes
     * left over is closed: they would be taken for the answer to the next request.
     */
    @Override
    public void giveBack() {
        if (!decoder.drained()) {
            close();
            return;
        }
        user = null;
        reused = true;
        read(true);
        idleSince = System.nanoTime();
        pool.put(this);
    }

    @Override
    public void close() {
        user = null;
        var _ = channel.close();
    }

    /** First step of an upgrade: what is written from now on goes out as it is. */
    public void stopEncoding() {
        channel.pipeline().remove(RequestEncoder.class);
    }

    /**
     * Last step of an upgrade: what comes in goes to this handler, first of all what the decoder
     * had already read.
     */
    public void unwrap(ChannelHandler rawHandler) {
        user = null;
        channel.pipeline().addLast(rawHandler);
        channel.pipeline().remove(this);
        channel.pipeline().remove(decoder);
    }

    /**
     * The head waits for what follows it, so that a request without a body is one buffer. It has
     * our version (RFC 9112 section 2.3): of a client's 1.0 the connection would not be kept.
     */
    private void writeHead() {
        HttpRequest head = unsent;
        if (head != null) {
            unsent = null;
            var _ =
                    channel.write(
                            new DefaultHttpRequest(
                                    HttpVersion.HTTP_1_1,
                                    head.method(),
                                    head.uri(),
                                    head.headers()),
                            channel.voidPromise());
        }
    }

    private static FullHttpRequest whole(HttpRequest head, LastHttpContent last) {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                head.method(),
                head.uri(),
                last.content(),
                head.headers(),
                last.trailingHeaders());
    }

    long idleSince() {
        return idleSince;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        User current = user;
        if (current == null) {
            ReferenceCountUtil.release(message);
            var _ = channel.close();
            return;
        }
        if (message instanceof HttpResponse response) {
            current.response(response);
        }
        if (message instanceof HttpContent piece) {
            if (isStillUsedBy(current)) {
                current.content(piece, this);
            } else {
                piece.release();
            }
        } else if (!(message instanceof HttpResponse)) {
            ReferenceCountUtil.release(message);
        }
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
    public void channelInactive(ChannelHandlerContext context) {
        User current = user;
        user = null;
        if (current != null) {
            current.closed();
        } else {
            pool.forget(this);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very user, not one like it
    private boolean isStillUsedBy(User before) {
        return user == before;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset or a broken pipe is no news: the close that follows is what the user is told.
        if (!(cause instanceof IOException)) {
            LOG.error("an answer failed in a way that is a bug in the edge", cause);
        }
        var _ = channel.close();
    }
}
