package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.ClientStream;
import dev.berth.proxy.exchange.PumpedFile;
import dev.berth.proxy.fields.FieldCopy;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;

/** The answer on one stream as frames (RFC 9114 section 4.1). Confined to the event loop. */
final class Http3Answer implements ClientStream {
    private final Channel channel;
    private final StreamBytes bytes;
    private final Deadline deadline;
    private final Owner owner;
    private final PumpedFile file;
    private Http3ErrorCode cutWith = Http3ErrorCode.H3_INTERNAL_ERROR;

    /**
     * An answer that has not begun.
     *
     * @param channel of the stream
     * @param bytes the lowest handler of that
     * @param owner told how it ends
     */
    Http3Answer(Channel channel, StreamBytes bytes, Deadline deadline, Owner owner) {
        this.channel = channel;
        this.file = new PumpedFile(channel, this::writable, this::body);
        this.bytes = bytes;
        this.deadline = deadline;
        this.owner = owner;
    }

    /** The stream that the answer is written to. */
    interface Owner {
        /**
         * The last frame is written, and the end of the stream.
         *
         * @param end completes when the client's window let it out
         */
        void answered(ChannelFuture end);

        /** The answer is broken off: the stream must be reset. */
        void cut(Http3ErrorCode error);
    }

    /** Says with which error the stream is reset if the answer is broken off. */
    void cutWith(Http3ErrorCode error) {
        cutWith = error;
    }

    @Override
    public void head(HttpResponse response, boolean hasBody) {
        write(new DefaultHttp3HeadersFrame(fieldsOf(response)));
    }

    @Override
    public void informational(HttpResponse response) {
        write(new DefaultHttp3HeadersFrame(fieldsOf(response)));
    }

    @Override
    public void switching(HttpResponse response) {
        throw new IllegalStateException("nobody asks for a tunnel over HTTP/3");
    }

    @Override
    public void body(HttpContent piece) {
        if (piece.content().isReadable()) {
            write(new DefaultHttp3DataFrame(piece.content()));
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
        body(last);
        if (!trailers.isEmpty()) {
            Http3Headers fields = new DefaultHttp3Headers(false, trailers.size());
            FieldCopy.copy(trailers, fields);
            write(new DefaultHttp3HeadersFrame(fields));
        }
        owner.answered(bytes.finish());
    }

    @Override
    public void cut() {
        closed();
        owner.cut(cutWith);
    }

    @Override
    public void flush() {
        channel.flush();
    }

    /** A stream says that it is writable as soon as a part of what waits there is out. */
    @Override
    public boolean writable() {
        return bytes.takesMore() && channel.isWritable();
    }

    @Override
    public void read(boolean reading) {
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
        throw new IllegalStateException("nobody asks for a tunnel over HTTP/3");
    }

    private static Http3Headers fieldsOf(HttpResponse response) {
        Http3Headers fields = new DefaultHttp3Headers(false, response.headers().size() + 1);
        fields.status(response.status().codeAsText());
        FieldCopy.copy(response.headers(), fields);
        return fields;
    }

    private void write(Object frame) {
        var _ = channel.write(frame, channel.voidPromise());
    }
}
