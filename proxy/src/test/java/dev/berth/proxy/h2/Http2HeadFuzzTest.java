package dev.berth.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.fields.FieldRule;
import dev.berth.proxy.fields.RequestFields;
import dev.berth.proxy.http.HeaderBytes;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.listen.HeadRules;
import dev.berth.proxy.listen.Peer;
import dev.berth.proxy.testing.FuzzCorpus;
import dev.berth.proxy.testing.H2Client;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fields come in: what passes the rules is one request, too, when HTTP/1 writes it. */
public final class Http2HeadFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final Peer PEER = new Peer("192.0.2.1", 443, null);
    private static final String[] NAMES = {
        ":method",
        ":scheme",
        ":path",
        ":authority",
        ":protocol",
        ":status",
        "host",
        "te",
        "content-length",
        "transfer-encoding",
        "connection",
        "cookie",
        "upgrade",
        "x-a",
        "X-A",
        "x a",
        "x:a",
        "x\r\na",
        ""
    };
    private static final String[] VALUES = {
        "GET",
        "POST",
        "CONNECT",
        "http",
        "https",
        "/",
        "/a?b",
        "*",
        "a.test",
        "A.test:80",
        "u@a.test",
        "0",
        "5",
        "5, 5",
        "chunked",
        "close",
        "trailers",
        "websocket",
        "h2c",
        "b\r\nx: y",
        "b\r\n\r\nGET / HTTP/1.1",
        "\0",
        " b",
        "b\t",
        "\u00e9",
        ""
    };

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void head_ofAnyFields_isRefusedOrOneRequest(long seed) {
        RandomGenerator random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> fields = fields(random);
            byte[] block = H2Client.block(fields.toArray(String[]::new));
            RequestHead head = accept(block, random);
            if (head != null) {
                accepted++;
                checkIsOneRequest(head, "seed %d: %s".formatted(seed, fields));
            }
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 100);
    }

    /** Mostly a request, with some fields exchanged, added or taken away. */
    private static List<String> fields(RandomGenerator random) {
        List<String> fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                "GET",
                                ":scheme",
                                "https",
                                ":path",
                                "/x",
                                ":authority",
                                "a.test"));
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            int at = 2 * random.nextInt(fields.size() / 2);
            switch (random.nextInt(4)) {
                case 0 -> fields.set(at, NAMES[random.nextInt(NAMES.length)]);
                case 1 -> fields.set(at + 1, VALUES[random.nextInt(VALUES.length)]);
                default -> {
                    fields.add(NAMES[random.nextInt(NAMES.length)]);
                    fields.add(VALUES[random.nextInt(VALUES.length)]);
                }
            }
        }
        return fields;
    }

    @TestFactory
    Stream<DynamicTest> blocks() {
        return FuzzCorpus.of("h2-heads").replay(Http2HeadFuzzTest::fuzzerTestOneInput);
    }

    /** Any bytes of a HEADERS frame. */
    public static void fuzzerTestOneInput(byte[] block) {
        RequestHead head = accept(block, new Random(Arrays.hashCode(block)));
        if (head != null) {
            checkIsOneRequest(head, Arrays.toString(block));
        }
    }

    private static @Nullable RequestHead accept(byte[] bytes, RandomGenerator random) {
        ByteBuf block = Unpooled.wrappedBuffer(bytes);
        Http2Headers headers;
        try {
            headers = new DefaultHttp2HeadersDecoder(true).decodeHeaders(1, block);
        } catch (Http2Exception e) {
            return null;
        }
        if (FieldRule.violation(FieldRule.REQUEST, headers) != null) {
            return null;
        }
        RequestHead head = RequestFields.toHead(headers, "HTTP/2.0", random.nextBoolean());
        ExtendedConnect.translate(headers, head, random);
        head.identify("id");
        return HeadRules.checkFields(head, PEER) == null ? head : null;
    }

    private static void checkIsOneRequest(RequestHead head, String what) {
        ByteBuf wire = Unpooled.buffer();
        wire.writeCharSequence(
                "%s %s HTTP/1.1\r\n".formatted(head.method(), head.uri()),
                StandardCharsets.ISO_8859_1);
        HeaderBytes.write(head.headers(), wire);
        wire.writeCharSequence("\r\n", StandardCharsets.US_ASCII);
        boolean chunked = head.bodyLength() < 0;
        long body = Math.max(0, head.bodyLength());
        wire.writeCharSequence(
                chunked ? "0\r\n\r\n" : "b".repeat((int) Math.min(body, 100)),
                StandardCharsets.US_ASCII);
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(wire);
        int heads = 0;
        int ends = 0;
        for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
            if (part instanceof HttpRequest read) {
                heads++;
                assertThat(read.decoderResult().isSuccess()).as(what).isTrue();
                assertThat(read.uri()).as(what).isEqualTo(head.uri());
                assertThat(read.headers().getAll("host")).as(what).hasSize(1);
                assertThat(
                                read.headers().getAll("content-length").size()
                                        + read.headers().getAll("transfer-encoding").size())
                        .as(what)
                        .isLessThan(2);
            }
            ends += part instanceof LastHttpContent ? 1 : 0;
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        assertThat(heads).as(what).isEqualTo(1);
        assertThat(ends).as(what).isEqualTo(1);
    }
}
