package dev.berth.proxy.listen;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads one request at a time (RFC 9112). After the end of a request it holds what follows, unread,
 * until {@link #proceed}: so pipelined requests are answered in order, and bytes after an upgrade
 * request are never taken for HTTP. Whatever Netty's decoder reports as a failure, in a head or in
 * a chunk, leaves here as a {@link Rejection}.
 */
final class RequestDecoder extends HttpRequestDecoder {
    static final int MAX_LINE = 16 * 1024;
    static final int MAX_HEAD = 32 * 1024;

    /** Bytes kept of what comes before its time; above it the socket is not read. */
    private static final int MAX_HELD = 64 * 1024;

    private static final Pattern VERSION = Pattern.compile("HTTP/\\d\\.\\d");

    private final HeadBytes bytes = new HeadBytes();
    private final Reading reading;
    private int scanned;
    private int wordEnd;
    private boolean held;
    private boolean rejected;
    private boolean decoding;
    private boolean inHead = true;

    /**
     * A decoder for a fresh connection.
     *
     * @param reading told when the decoder holds all that it may
     */
    RequestDecoder(Reading reading) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE)
                        .setMaxHeaderSize(MAX_HEAD)
                        .setMaxChunkSize(64 * 1024));
        this.reading = reading;
    }

    /** The client connection, as the decoder needs it. */
    interface Reading {
        /** The first byte of a head has come. */
        void headBegun();

        /** A new request id. */
        String requestId();

        /** Too much is held, or no longer. */
        void holdsTooMuch(boolean tooMuch);
    }

    /** The answer to the last request is written: the next one may be read. */
    void proceed(ChannelHandlerContext context) throws Exception {
        if (!held || rejected) {
            return;
        }
        held = false;
        reading.holdsTooMuch(false);
        if (!decoding && actualReadableBytes() > 0) {
            channelRead(context, Unpooled.EMPTY_BUFFER);
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        decoding = true;
        try {
            super.channelRead(context, message);
        } finally {
            decoding = false;
        }
        if (held && actualReadableBytes() >= MAX_HELD) {
            reading.holdsTooMuch(true);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
            throws Exception {
        if (rejected) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (held || (inHead && !check(buffer, out))) {
            return;
        }
        int readable = buffer.readableBytes();
        int first = out.size();
        super.decode(context, buffer, out);
        scanned = Math.max(0, scanned - (readable - buffer.readableBytes()));
        for (int i = first; i < out.size(); i++) {
            inspect(out, i);
        }
    }

    /** Scans the bytes of the head that were not scanned yet. */
    private boolean check(ByteBuf buffer, List<Object> out) {
        if (!bytes.complete() && buffer.readableBytes() > scanned) {
            boolean fresh = !bytes.begun();
            int from = buffer.readerIndex() + scanned;
            int stopped = buffer.forEachByte(from, buffer.writerIndex() - from, bytes);
            scanned = (stopped < 0 ? buffer.writerIndex() : stopped + 1) - buffer.readerIndex();
            if (bytes.violated()) {
                buffer.skipBytes(buffer.readableBytes());
                refuse(
                        out,
                        new Rejection(
                                Failure.BadRequest,
                                "The head has a control character, a bare line feed or a folded"
                                        + " line in it."));
                return false;
            }
            if (fresh && bytes.begun()) {
                reading.headBegun();
            }
        }
        return true;
    }

    private void inspect(List<Object> out, int i) {
        HttpObject object = (HttpObject) out.get(i);
        if (object.decoderResult().isFailure()) {
            ReferenceCountUtil.release(object);
            while (out.size() > i) {
                out.removeLast();
            }
            refuse(out, rejection(object.decoderResult().cause()));
            return;
        }
        if (object instanceof RequestHead head) {
            inHead = false;
            head.identify(reading.requestId());
        }
        if (object instanceof LastHttpContent last) {
            if (!isClean(last.trailingHeaders())) {
                last.release();
                out.subList(i, out.size()).clear();
                refuse(
                        out,
                        new Rejection(
                                Failure.BadRequest, "A trailer has a control character in it."));
                return;
            }
            held = true;
            inHead = true;
            bytes.reset();
            scanned = 0;
        }
    }

    /** What {@link HeadBytes} sees to in a head. Netty lets some of these through in trailers. */
    private static boolean isClean(HttpHeaders trailers) {
        for (var fields = trailers.iteratorCharSequence(); fields.hasNext(); ) {
            CharSequence value = fields.next().getValue();
            if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
                return false;
            }
        }
        return true;
    }

    private void refuse(List<Object> out, Rejection rejection) {
        rejected = true;
        out.add(rejection);
    }

    private static Rejection rejection(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ ->
                    new Rejection(Failure.UriTooLong, "The limit is " + MAX_LINE / 1024 + " KiB.");
            case TooLongHttpHeaderException _ ->
                    new Rejection(
                            Failure.HeadTooLarge, "The limit is " + MAX_HEAD / 1024 + " KiB.");
            case UnsupportedVersion _ -> new Rejection(Failure.VersionRefused, "");
            default ->
                    new Rejection(
                            Failure.BadRequest,
                            "The request line, a header field or a chunk is malformed.");
        };
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        HttpVersion version =
                switch (initialLine[2]) {
                    case "HTTP/1.1" -> HttpVersion.HTTP_1_1;
                    case "HTTP/1.0" -> HttpVersion.HTTP_1_0;
                    default -> throw unsupported(initialLine[2]);
                };
        return new RequestHead(
                version, HttpMethod.valueOf(initialLine[0]), initialLine[1], headersFactory);
    }

    private static IllegalArgumentException unsupported(String version) {
        return VERSION.matcher(version).matches()
                ? new UnsupportedVersion(version)
                : new IllegalArgumentException("no HTTP version");
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        wordEnd = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start);
        wordEnd = start + length;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    /** The parts of a request line are separated by exactly one space (RFC 9112 section 3). */
    private void requireOneSpace(byte[] line, int start) {
        if (start != wordEnd + 1 || line[wordEnd] != ' ') {
            throw new IllegalArgumentException("request line not separated by single spaces");
        }
    }

    /** A version that is well-formed but not ours. */
    private static final class UnsupportedVersion extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        UnsupportedVersion(String text) {
            super(text);
        }
    }
}
