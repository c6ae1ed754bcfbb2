package dev.berth.proxy.h2;

import dev.berth.proxy.exchange.ClientStream;
import dev.berth.proxy.exchange.PumpedFile;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import org.jspecify.annotations.Nullable;

/**
 * The answer on one stream as frames (RFC 9113 section 8.1). The head waits for what follows it, so
 * that an answer without a body is one frame. Confined to the event loop.
 */
final class Http2Answer implements ClientStream {
    private final Channel channel;
    private final Deadline deadline;
    private final Owner owner;
    private @Nullable Http2Headers unsent;
    private final PumpedFile file;
    private boolean holdsInput;

    /** What breaks off is rarely the client's doing; other errors count against it. */
    private Http2Error cutWith = Http2Error.CANCEL;

    /**
     * An answer that has not begun.
     *
     * @param channel of the stream
     * @param owner told how it ends
     */
    Http2Answer(Channel channel, Deadline deadline, Owner owner) {
        this.channel = channel;
        this.file = new PumpedFile(channel, channel::isWritable, this::body);
        this.deadline = deadline;
        this.owner = owner;
    }

    /** The stream that the answer is written to. */
    interface Owner {
        /**
         * The last frame is written.
         *
         * @param lastFrame completes when the client's window let it out
         */
        void answered(ChannelFuture lastFrame);

        /** A HEADERS or DATA frame is written, with so many bytes of DATA. */
        void wrote(int bytes);

        /** The stream becomes a tunnel: everything of HTTP must leave its pipeline. */
        void leaveHttp();

        /** The answer is broken off: the stream must be reset. */
        void cut(Http2Error error);
    }

    /** Says with which error the stream is reset if the answer is broken off. */
    void cutWith(Http2Error error) {
        cutWith = error;
    }

    @Override
    public void head(HttpResponse response, boolean hasBody) {
        unsent = ResponseFields.of(response);
    }

    @Override
    public void informational(HttpResponse response) {
        write(new DefaultHttp2HeadersFrame(ResponseFields.of(response)));
    }

    /** What HTTP/1 says by 101 is 200 here (RFC 8441 section 5.1). */
    @Override
    public void switching(HttpResponse response) {
        Http2Headers fields = ResponseFields.of(response);
        fields.status(HttpResponseStatus.OK.codeAsText());
        fields.remove(HttpHeaderNames.UPGRADE);
        fields.remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
        write(new DefaultHttp2HeadersFrame(fields));
    }

    @Override
    public void body(HttpContent piece) {
        if (piece.content().isReadable()) {
            sendHead();
            owner.wrote(piece.content().readableBytes());
            send(new DefaultHttp2DataFrame(piece.content()));
        } else {
            piece.release();
        }
    }

    @Override
    public ChannelFuture file(FileRegion region) {
        return file.send(region);
    }

    /** The stream takes bytes again. */
    void writableAgain() {
        file.writableAgain();
    }

    /** The stream is gone. */
    void closed() {
        file.abort();
    }

    @Override
    public void end(LastHttpContent last) {
        file.end();
        HttpHeaders trailers = last.trailingHeaders();
        ByteBuf content = last.content();
        Http2Headers head = unsent;
        boolean bare = !content.isReadable() && trailers.isEmpty();
        Object frame;
        int bytes = 0;
        if (bare && head != null) {
            unsent = null;
            frame = new DefaultHttp2HeadersFrame(head, true);
            last.release();
        } else if (trailers.isEmpty()) {
            sendHead();
            bytes = content.readableBytes();
            frame = new DefaultHttp2DataFrame(content, true);
        } else {
            sendHead();
            body(last);
            frame = new DefaultHttp2HeadersFrame(ResponseFields.ofTrailers(trailers), true);
        }
        owner.wrote(bytes);
        owner.answered(channel.write(frame));
    }

    @Override
    public void cut() {
        unsent = null;
        closed();
        owner.cut(cutWith);
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

    /** Leaves what comes in unread until the stream is a tunnel or is answered. */
    void holdInput(boolean holds) {
        holdsInput = holds;
        read(!holds);
    }

    @Override
    public void read(boolean wanted) {
        boolean reading = wanted && !holdsInput;
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
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
        channel.pipeline().addLast(new TunnelFrames(deadline, owner::wrote), rawHandler);
        owner.leaveHttp();
        holdsInput = false;
        read(true);
        return channel;
    }

    private void sendHead() {
        Http2Headers head = unsent;
        if (head != null) {
            unsent = null;
            write(new DefaultHttp2HeadersFrame(head));
        }
    }

    private void write(Http2HeadersFrame frame) {
        owner.wrote(0);
        send(frame);
    }

    private void send(Object frame) {
        var _ = channel.write(frame, channel.voidPromise());
    }
}
