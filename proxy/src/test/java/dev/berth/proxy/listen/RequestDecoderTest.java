package dev.berth.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
    private static final String GET = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String POST =
            "POST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n";

    private final RecordingReading reading = new RecordingReading();
    private final RequestDecoder decoder = new RequestDecoder(reading);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void decode_secondRequest_isHeldUntilProceed() throws Exception {
        write(GET + POST);

        assertThat(read()).containsExactly("GET /1", "end");

        decoder.proceed(channel.pipeline().context(decoder));

        assertThat(read()).containsExactly("POST /2", "abc", "end");
    }

    @Test
    void decode_anyCutOfTheBytes_givesTheSame() throws Exception {
        for (int cut = 1; cut < POST.length(); cut++) {
            RequestDecoder fresh = new RequestDecoder(new RecordingReading());
            EmbeddedChannel other = new EmbeddedChannel(fresh);
            other.writeInbound(bytes(POST.substring(0, cut)));
            other.writeInbound(bytes(POST.substring(cut)));
            StringBuilder all = new StringBuilder();
            for (Object o = other.readInbound(); o != null; o = other.readInbound()) {
                all.append(text(o));
            }
            assertThat(all.toString()).as("cut at " + cut).contains("POST /2");
            assertThat(all.toString().replace("POST /2", "").replace("end", "")).isEqualTo("abc");
            other.finishAndReleaseAll();
        }
    }

    @Test
    void decode_bytesAfterARequest_stayBytesWhenTheDecoderLeaves() {
        write(GET + "\u0081\u0000raw");
        read();

        channel.pipeline().remove(decoder);

        ByteBuf raw = channel.readInbound();
        assertThat(raw.toString(StandardCharsets.ISO_8859_1)).isEqualTo("\u0081\u0000raw");
        raw.release();
    }

    @Test
    void decode_muchMoreThanARequest_stopsReading() throws Exception {
        write(GET);
        assertThat(reading.tooMuch).isFalse();

        write(GET.repeat(4000));
        assertThat(reading.tooMuch).isTrue();

        decoder.proceed(channel.pipeline().context(decoder));
        assertThat(read()).containsExactly("GET /1", "end", "GET /1", "end");
    }

    @Test
    void decode_headBegun_isToldOnce() {
        write("\r\n");
        assertThat(reading.begun).isZero();
        write("G");
        write("ET / HTTP/1.1\r\n");
        assertThat(reading.begun).isEqualTo(1);
    }

    @Test
    void decode_badChunk_isARejectionAndTheRestIsIgnored() throws Exception {
        write(POST.replace("3\r\n", "zz\r\n") + GET);

        Object head = channel.readInbound();
        assertThat(head).isInstanceOf(RequestHead.class);
        Object rejection = channel.readInbound();
        assertThat(rejection)
                .isInstanceOfSatisfying(
                        Rejection.class,
                        r -> assertThat(r.failure()).isEqualTo(Failure.BadRequest));
        decoder.proceed(channel.pipeline().context(decoder));
        write(GET);
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void decode_request_hasAnId() {
        write(GET);

        RequestHead head = channel.readInbound();
        assertThat(head.id()).isEqualTo("id");
        assertThat(head.target()).isEqualTo("/1");
    }

    private void write(String text) {
        channel.writeInbound(bytes(text));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private List<String> read() {
        List<String> read = new ArrayList<>();
        for (@Nullable Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
            read.add(text(o));
        }
        return read;
    }

    private static String text(Object message) {
        try {
            return switch (message) {
                case RequestHead head -> head.method() + " " + head.uri();
                case LastHttpContent _ -> "end";
                case HttpContent piece -> piece.content().toString(StandardCharsets.ISO_8859_1);
                default -> message.toString();
            };
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private static final class RecordingReading implements RequestDecoder.Reading {
        private int begun;
        private boolean tooMuch;

        @Override
        public void headBegun() {
            begun++;
        }

        @Override
        public String requestId() {
            return "id";
        }

        @Override
        public void holdsTooMuch(boolean isTooMuch) {
            tooMuch = isTooMuch;
        }
    }
}
