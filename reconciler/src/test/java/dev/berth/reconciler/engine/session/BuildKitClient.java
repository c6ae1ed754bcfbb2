package dev.berth.reconciler.engine.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The other side of a session, as an engine is: a client of gRPC, from bytes to bytes. Writes its
 * frames itself (RFC 9113 section 4), so that both sides don't share a mistake.
 */
final class BuildKitClient {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int HEAD = 9;

    private final List<Reply> replies = new ArrayList<>();
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private ByteArrayOutputStream unread = new ByteArrayOutputStream();
    private int stream = -1;

    /** An answer whose trailers have come. */
    record Reply(String status, String message, String data) {}

    /** What is to be sent for a call. */
    byte[] call(String method, byte[] message) {
        return send(
                method,
                ByteBuffer.allocate(5 + message.length)
                        .put((byte) 0)
                        .putInt(message.length)
                        .put(message)
                        .array());
    }

    /** The same with bytes that need be no message. */
    byte[] send(String method, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (stream < 0) {
            out.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
        }
        stream += 2;
        frame(out, HEADERS, END_HEADERS, stream, head(method));
        int at = 0;
        for (; body.length - at > 16_384; at += 16_384) {
            frame(out, DATA, 0, stream, Arrays.copyOfRange(body, at, at + 16_384));
        }
        frame(out, DATA, END_STREAM, stream, Arrays.copyOfRange(body, at, body.length));
        return out.toByteArray();
    }

    private byte[] head(String method) {
        Http2Headers headers = new DefaultHttp2Headers();
        headers.method("POST").scheme("http").authority("localhost").path(method);
        headers.set("content-type", "application/grpc").set("te", "trailers");
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, headers, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        return bytes(block);
    }

    /** Takes what has come, and gives what is to be sent for it. */
    byte[] take(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        unread.writeBytes(bytes);
        ByteBuffer in = ByteBuffer.wrap(unread.toByteArray());
        while (in.remaining() >= HEAD && in.remaining() >= HEAD + length(in)) {
            byte[] payload = new byte[length(in)];
            int type = in.get(in.position() + 3);
            int flags = in.get(in.position() + 4);
            int id = in.getInt(in.position() + 5);
            in.position(in.position() + HEAD).get(payload);
            read(type, flags, id, payload, out);
        }
        unread = new ByteArrayOutputStream();
        unread.write(in.array(), in.position(), in.remaining());
        return out.toByteArray();
    }

    private void read(int type, int flags, int id, byte[] payload, ByteArrayOutputStream out) {
        switch (type) {
            case DATA -> {
                data.writeBytes(payload);
                byte[] credit = ByteBuffer.allocate(4).putInt(Math.max(1, payload.length)).array();
                frame(out, WINDOW_UPDATE, 0, 0, credit);
                frame(out, WINDOW_UPDATE, 0, id, credit);
            }
            case HEADERS -> {
                Http2Headers headers = decoded(id, payload);
                if ((flags & END_STREAM) != 0) {
                    replies.add(
                            new Reply(
                                    String.valueOf(headers.get("grpc-status")),
                                    String.valueOf(headers.get("grpc-message")),
                                    data.toString(StandardCharsets.UTF_8)));
                    data.reset();
                }
            }
            case SETTINGS -> {
                if (flags == 0) {
                    frame(out, SETTINGS, 1, 0, new byte[0]);
                }
            }
            default -> {}
        }
    }

    private Http2Headers decoded(int id, byte[] block) {
        try {
            return decoder.decodeHeaders(id, Unpooled.wrappedBuffer(block));
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    List<Reply> replies() {
        return List.copyOf(replies);
    }

    private static int length(ByteBuffer in) {
        return in.getInt(in.position()) >>> 8;
    }

    private static void frame(
            ByteArrayOutputStream out, int type, int flags, int id, byte[] payload) {
        out.writeBytes(
                ByteBuffer.allocate(HEAD + payload.length)
                        .putInt((payload.length << 8) | type)
                        .put((byte) flags)
                        .putInt(id)
                        .put(payload)
                        .array());
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    /** A request for a secret. */
    static byte[] wanted(String id) {
        byte[] text = id.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + text.length)
                .put((byte) ((1 << 3) | 2))
                .put((byte) text.length)
                .put(text)
                .array();
    }
}
