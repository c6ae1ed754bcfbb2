package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Decoded;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.BrotliDecoder;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.netty.handler.codec.compression.ZstdDecoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of apps that are compressed on their way. */
class CompressionTest {
    private static final String TEXT = "All work and no play makes Jack a dull boy. ".repeat(5000);
    private static final String ANY = "Accept-Encoding: gzip, br, zstd";

    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
        try (TestBackend _ = answering("Content-Type: text/html", TEXT)) {
            await().until(() -> "zstd".equals(get(ANY).field("content-encoding")));
        }
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void text_clientReadsCoding_isEncoded(String coding) {
        try (TestBackend _ = answering("Content-Type: text/html\r\nETag: \"x\"", TEXT)) {
            Response response = get("Accept-Encoding: " + coding);

            assertThat(response.field("content-encoding")).isEqualTo(coding);
            assertThat(response.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(response.field("etag")).isEqualTo("W/\"x\"");
            assertThat(response.field("content-length")).isNull();
            assertThat(response.body().length()).isLessThan(TEXT.length() / 10);
            assertThat(Decoded.body(response)).isEqualTo(TEXT);
        }
    }

    @Test
    void text_clientReadsNone_isPlainAndVaries() {
        try (TestBackend _ = answering("Content-Type: text/html\r\nETag: \"x\"", TEXT)) {
            Response response = get();

            assertThat(response.field("content-encoding")).isNull();
            assertThat(response.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(response.field("etag")).isEqualTo("\"x\"");
            assertThat(response.body()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/event-stream",
                "Content-Type: image/png",
                "X-Type: none",
                "Content-Type: text/html\r\nContent-Encoding: gzip",
                "Content-Type: text/html\r\nCache-Control: public, no-transform",
                "Content-Type: text/html\r\nContent-Range: bytes 0-9/20",
                "Content-Type: text/html\r\nContent-Digest: sha-256=:x=:",
                "Content-Type: text/html\r\nRepr-Digest: sha-256=:x=:",
                "Content-Type: text/html\r\nDigest: sha-256=x=",
                "Content-Type: text/html\r\nContent-MD5: x="
            })
    void answer_notToBeTouched_passesAsItIs(String fields) {
        try (TestBackend _ = answering(fields, TEXT)) {
            Response response = get(ANY);

            assertThat(response.body()).isEqualTo(TEXT);
            assertThat(response.field("content-length")).isEqualTo("" + TEXT.length());
            assertThat(response.field("vary")).isNull();
        }
    }

    @Test
    void answer_small_passesAsItIs() {
        try (TestBackend _ = answering("Content-Type: text/html", "small")) {
            assertThat(get(ANY).body()).isEqualTo("small");
        }
    }

    @Test
    void answer_toHead_hasTheHeadOfGet() {
        try (TestBackend backend = served(headOnly())) {
            Response encoded = head(ANY);
            assertThat(encoded.field("content-encoding")).isEqualTo("zstd");
            assertThat(encoded.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(encoded.field("content-length")).isNull();
            Response plain = head("X-Accept: none");
            assertThat(plain.field("content-length")).isEqualTo("99999");
            assertThat(plain.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(backend.heads()).hasSize(2);
        }
    }

    @Test
    void notModified_variesAndHasTheTagOfWhatWasEncoded() {
        TestBackend unchanged =
                TestBackend.start(
                        (conversation, self) -> {
                            while (self.next(conversation) != null) {
                                conversation.send(
                                        "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
                            }
                        });
        try (TestBackend _ = served(unchanged)) {
            Response encoded = get(ANY, "If-None-Match: W/\"x\"");
            assertThat(encoded.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(encoded.field("etag")).isEqualTo("W/\"x\"");
            assertThat(encoded.field("content-encoding")).isNull();
            Response plain = get("If-None-Match: \"x\"");
            assertThat(plain.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(plain.field("etag")).isEqualTo("\"x\"");
        }
    }

    @Test
    void answer_toHttp10_passesAsItIs() {
        try (TestBackend _ = answering("Content-Type: text/html", TEXT)) {
            Response response =
                    RawClient.exchange(
                            edge.port(), "GET / HTTP/1.0\r\nHost: a.test\r\n" + ANY + "\r\n\r\n");

            assertThat(response.body()).isEqualTo(TEXT);
        }
    }

    @Test
    void request_noTransform_passesAsItIs() {
        try (TestBackend _ = answering("Content-Type: text/html", TEXT)) {
            assertThat(get(ANY, "Cache-Control: no-transform").body()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void answer_inPieces_eachCanBeReadAsItComes(String coding) throws Exception {
        TestBackend slow =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                            conversation.readAll();
                        });
        try (TestBackend _ = served(slow);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: " + coding + "\r\n\r\n");
            String head = String.valueOf(client.conversation().readHead());
            assertThat(head).contains("transfer-encoding: chunked");
            byte[] got = new byte[0];
            while (!decodes(got, coding)) {
                String size = client.conversation().readLine();
                byte[] piece =
                        client.conversation()
                                .read(Integer.parseInt(size, 16))
                                .getBytes(StandardCharsets.ISO_8859_1);
                client.conversation().readLine();
                byte[] all = new byte[got.length + piece.length];
                System.arraycopy(got, 0, all, 0, got.length);
                System.arraycopy(piece, 0, all, got.length, piece.length);
                got = all;
            }
        }
        await().until(() -> edge.edge().inFlight().isEmpty());
    }

    @Test
    void answer_brokenOff_isCutAndFreesTheEncoder() {
        TestBackend breaking =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\nhalf");
                        });
        try (TestBackend _ = served(breaking)) {
            for (int i = 0; i < 100; i++) {
                try (RawClient client = RawClient.connect(edge.port())) {
                    client.send("GET / HTTP/1.1\r\nHost: a.test\r\n" + ANY + "\r\n\r\n");
                    assertThat(client.rest()).doesNotEndWith("0\r\n\r\n");
                }
            }
        }
        try (TestBackend _ = answering("Content-Type: text/html", TEXT)) {
            assertThat(get(ANY).field("content-encoding")).isEqualTo("zstd");
        }
    }

    @Test
    void policy_off_touchesNothing() {
        try (TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"
                                            .formatted(TEXT.length(), TEXT));
                        })) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            Response response = get(ANY);

            assertThat(response.body()).isEqualTo(TEXT);
            assertThat(response.field("vary")).isNull();
        }
    }

    private static boolean decodes(byte[] got, String coding) {
        EmbeddedChannel decoder =
                new EmbeddedChannel(
                        switch (coding) {
                            case "br" -> new BrotliDecoder();
                            case "zstd" -> new ZstdDecoder();
                            default -> ZlibCodecFactory.newZlibDecoder(ZlibWrapper.GZIP, 0);
                        });
        decoder.writeInbound(Unpooled.wrappedBuffer(got));
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = decoder.readInbound(); out != null; out = decoder.readInbound()) {
            text.append(out.toString(StandardCharsets.US_ASCII));
            out.release();
        }
        decoder.finishAndReleaseAll();
        return text.toString().equals("first");
    }

    private static TestBackend headOnly() {
        return TestBackend.start(
                (conversation, self) -> {
                    self.next(conversation);
                    conversation.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n");
                });
    }

    private static TestBackend answering(String fields, String body) {
        return served(
                TestBackend.start(
                        (conversation, self) -> {
                            while (self.next(conversation) != null) {
                                conversation.send(
                                        "HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
                                                .formatted(fields, body.length(), body));
                            }
                        }));
    }

    private static TestBackend served(TestBackend backend) {
        edge.serve(
                Routes.proxy("a.test", backend.address()).with(new PolicyOf().compress().build()));
        return backend;
    }

    private static Response head(String field) {
        try (RawClient client = RawClient.connect(edge.port())) {
            return client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n" + field + "\r\n\r\n")
                    .response(false);
        }
    }

    private static Response get(String... fields) {
        return RawClient.get(edge.port(), "a.test", "/", fields);
    }
}
