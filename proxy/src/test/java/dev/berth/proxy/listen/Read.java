package dev.berth.proxy.listen;

import dev.berth.proxy.http.HeaderBytes;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.testing.StrictRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the edge makes of the bytes of one connection: the requests that it would pass on, each as a
 * backend is sent it.
 *
 * @param requests in their order; the last one may not be complete
 * @param rejection that ended the connection
 */
record Read(List<Request> requests, @Nullable Rejection rejection) {
    private static final Peer PEER = new Peer("192.0.2.1", 80, null);

    /** One that passed every rule. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(String method, String uri, byte[] wire, String body, boolean complete) {
        /** The head as a backend reads it. */
        StrictRequests.Request atBackend() {
            return StrictRequests.in(wire).getFirst();
        }
    }

    /** Reads them as they come in these pieces. */
    static Read of(byte[]... pieces) {
        Reading reading = new Reading();
        for (byte[] piece : pieces) {
            reading.feed(piece);
        }
        return reading.end();
    }

    private static final class Reading implements RequestDecoder.Reading {
        private final RequestDecoder decoder = new RequestDecoder(this);
        private final EmbeddedChannel channel = new EmbeddedChannel(decoder, new HeadRules(PEER));
        private final List<Request> requests = new ArrayList<>();
        private @Nullable Rejection rejection;
        private @Nullable RequestHead open;
        private final StringBuilder body = new StringBuilder();

        void feed(byte[] piece) {
            channel.writeInbound(Unpooled.copiedBuffer(piece));
            take();
        }

        private void take() {
            for (Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
                if (rejection == null) {
                    take(o);
                }
                ReferenceCountUtil.release(o);
            }
        }

        private void take(Object part) {
            if (part instanceof RequestHead head) {
                open = head;
                body.setLength(0);
            }
            if (part instanceof HttpContent piece) {
                body.append(piece.content().toString(StandardCharsets.ISO_8859_1));
            }
            if (part instanceof LastHttpContent last) {
                last.trailingHeaders().forEach(field -> check(field.getKey(), field.getValue()));
                close(true);
                proceed();
            }
            if (part instanceof Rejection refused) {
                rejection = refused;
            }
        }

        /** A trailer that goes on is a field like any other. */
        private static void check(String name, String value) {
            List<StrictRequests.Request> sent =
                    StrictRequests.in(
                            "GET / HTTP/1.1\r\n%s: %s\r\n\r\n"
                                    .formatted(name, value)
                                    .getBytes(StandardCharsets.ISO_8859_1));
            if (sent.size() != 1
                    || sent.getFirst().all(name.toLowerCase(Locale.ROOT)).size() != 1) {
                throw new AssertionError("trailer " + name + ": " + value);
            }
        }

        private void proceed() {
            try {
                decoder.proceed(channel.pipeline().context(decoder));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private void close(boolean complete) {
            RequestHead head = open;
            open = null;
            if (head != null) {
                requests.add(
                        new Request(
                                head.method().name(),
                                head.uri(),
                                wire(head),
                                body.toString(),
                                complete));
            }
        }

        Read end() {
            close(false);
            channel.finishAndReleaseAll();
            return new Read(requests, rejection);
        }

        /** A head as it goes out, with no body behind it. */
        private static byte[] wire(RequestHead head) {
            ByteBuf wire = Unpooled.buffer();
            wire.writeCharSequence(
                    head.method() + " " + head.uri() + " HTTP/1.1\r\n",
                    StandardCharsets.ISO_8859_1);
            HeaderBytes.write(head.headers(), wire);
            wire.writeCharSequence("\r\n", StandardCharsets.US_ASCII);
            byte[] bytes = new byte[wire.readableBytes()];
            wire.readBytes(bytes);
            wire.release();
            return bytes;
        }

        @Override
        public void headBegun() {
            // not of interest
        }

        @Override
        public String requestId() {
            return "id";
        }

        @Override
        public void holdsTooMuch(boolean tooMuch) {
            // the test writes on
        }
    }
}
