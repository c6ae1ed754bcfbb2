package dev.berth.proxy.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 client that sends exactly the frames it is told to. One thread. */
public final class H2Client implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final Deque<Frame> passedOver = new ArrayDeque<>();

    private H2Client(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** A frame as it is on the wire. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /** The number in the payload at that place. */
        public int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }
    }

    /**
     * What came on a stream.
     *
     * @param heads informational ones first
     * @param reset the error of RST_STREAM; -1 if the stream ended as it should
     */
    public record Answer(
            List<Http2Headers> heads,
            String body,
            @Nullable Http2Headers trailers,
            boolean ended,
            int reset) {
        public int status() {
            return Integer.parseInt(String.valueOf(heads.getLast().status()));
        }

        public @Nullable String field(String name) {
            CharSequence value = heads.getLast().get(name);
            return value == null ? null : value.toString();
        }
    }

    /** Connects and sends the preface with empty SETTINGS. */
    public static H2Client connect(int port) {
        try {
            Socket socket = new Socket();
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
            return over(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same on a socket that is connected already. */
    public static H2Client over(Socket socket) {
        try {
            H2Client client = new H2Client(socket);
            client.out.write(PREFACE);
            return client.frame(SETTINGS, 0, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public H2Client frame(int type, int flags, int stream, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        return frame(type, flags, stream, bytes);
    }

    public H2Client frame(int type, int flags, int stream, byte[] payload) {
        try {
            ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
            frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
            frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
            out.write(frame.array());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A GET of the path on a.test. */
    public H2Client get(int stream, String path, String... more) {
        return request(stream, END_STREAM, "GET", path, more);
    }

    /** The head of a request to a.test; more fields are names and values in turn. */
    public H2Client request(int stream, int flags, String method, String path, String... more) {
        List<String> fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                method,
                                ":scheme",
                                "http",
                                ":authority",
                                "a.test",
                                ":path",
                                path));
        fields.addAll(List.of(more));
        return headers(stream, flags, fields.toArray(String[]::new));
    }

    /** A HEADERS frame of names and values in turn. */
    public H2Client headers(int stream, int flags, String... fields) {
        return frame(HEADERS, flags | END_HEADERS, stream, block(fields));
    }

    public H2Client data(int stream, int flags, String text) {
        return frame(DATA, flags, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Sends a body as fast as the windows of a connection that has sent nothing else allow. What
     * else comes meanwhile is kept for {@link #next()}.
     *
     * @param stream whose window is as the server's SETTINGS say
     */
    public H2Client upload(int stream, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        int streamWindow = -1;
        int connectionWindow = 65_535;
        int sent = 0;
        while (sent < bytes.length) {
            int length = Math.min(Math.min(streamWindow, connectionWindow), bytes.length - sent);
            length = Math.min(length, 16_384);
            if (length > 0) {
                boolean last = sent + length == bytes.length;
                byte[] piece = Arrays.copyOfRange(bytes, sent, sent + length);
                frame(DATA, last ? END_STREAM : 0, stream, piece);
                sent += length;
                streamWindow -= length;
                connectionWindow -= length;
                continue;
            }
            Frame frame = read();
            if (frame == null) {
                throw new IllegalStateException("closed after %d bytes".formatted(sent));
            }
            switch (frame.type()) {
                case SETTINGS -> {
                    if (!frame.has(ACK)) {
                        streamWindow = initialWindow(frame);
                        frame(SETTINGS, ACK, 0);
                    }
                }
                case WINDOW_UPDATE -> {
                    streamWindow += frame.stream() == stream ? frame.number(0) : 0;
                    connectionWindow += frame.stream() == 0 ? frame.number(0) : 0;
                }
                default -> passedOver.add(frame);
            }
            if (frame.type() == RST_STREAM && frame.stream() == stream) {
                return this;
            }
        }
        return this;
    }

    /** SETTINGS_INITIAL_WINDOW_SIZE, which is 4 (RFC 9113 section 6.5.2). */
    private static int initialWindow(Frame settings) {
        ByteBuffer payload = ByteBuffer.wrap(settings.payload());
        while (payload.hasRemaining()) {
            int id = payload.getShort();
            int value = payload.getInt();
            if (id == 4) {
                return value;
            }
        }
        return 65_535;
    }

    public H2Client reset(int stream, int error) {
        return frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(error).array());
    }

    public H2Client window(int stream, int increment) {
        return frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(increment).array());
    }

    /** A setting and its value. */
    public H2Client setting(int id, int value) {
        return frame(
                SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) id).putInt(value).array());
    }

    /** Fields as literals without index and Huffman coding (RFC 7541 section 6.2.2). */
    public static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            string(block, fields[i]);
            string(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream to, String text) {
        int length = text.length();
        if (length < 127) {
            to.write(length);
        } else {
            to.write(127);
            int rest = length - 127;
            while (rest >= 128) {
                to.write(rest % 128 + 128);
                rest /= 128;
            }
            to.write(rest);
        }
        to.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next frame; {@code null} at the end of the connection. */
    public @Nullable Frame next() {
        Frame earlier = passedOver.poll();
        return earlier == null ? read() : earlier;
    }

    private @Nullable Frame read() {
        try {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = new byte[length];
            in.readFully(payload);
            return new Frame(type, flags, stream, payload);
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame of that type; frames of other types are passed over. */
    public @Nullable Frame next(int type) {
        Frame frame = next();
        while (frame != null && frame.type() != type) {
            frame = next();
        }
        return frame;
    }

    /** Everything on the stream up to its end; frames of other streams are passed over. */
    public Answer answer(int stream) {
        List<Http2Headers> heads = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        Http2Headers trailers = null;
        while (true) {
            Frame frame = next();
            if (frame == null) {
                return new Answer(heads, body.toString(), trailers, false, -1);
            }
            if (frame.stream() != stream) {
                continue;
            }
            switch (frame.type()) {
                case HEADERS -> {
                    Http2Headers fields = decode(frame);
                    if (!heads.isEmpty() && heads.getLast().status().charAt(0) != '1') {
                        trailers = fields;
                    } else {
                        heads.add(fields);
                    }
                }
                case DATA -> body.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
                case RST_STREAM -> {
                    return new Answer(heads, body.toString(), trailers, false, frame.number(0));
                }
                default -> {}
            }
            if (frame.type() <= HEADERS && frame.has(END_STREAM)) {
                return new Answer(heads, body.toString(), trailers, true, -1);
            }
        }
    }

    /** The fields of a HEADERS frame. Each must be decoded, in the order in which they came. */
    public Http2Headers decode(Frame frame) {
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload());
        try {
            return decoder.decodeHeaders(frame.stream(), block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
