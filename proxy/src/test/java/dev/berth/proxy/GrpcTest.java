package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.DATA;
import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static dev.berth.proxy.testing.H2Client.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.H2Backend;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Answer;
import dev.berth.proxy.testing.H2Client.Frame;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestTimeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Backends that speak HTTP/2, as those of gRPC do. */
class GrpcTest {
    private static final String[] GRPC = {"content-type", "application/grpc", "te", "trailers"};

    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void unary_trailersAndFields_passBothWays() {
        try (H2Backend backend =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (last) {
                                                stream.head(false, ":status", "200", "x-b", "c");
                                                stream.data(body, false);
                                                stream.head(
                                                        true,
                                                        "grpc-status",
                                                        "5",
                                                        "grpc-message",
                                                        "none");
                                            }
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/pkg.Service/Call", GRPC).data(1, END_STREAM, "msg");
            Answer answer = client.answer(1);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.field("x-b")).isEqualTo("c");
            assertThat(answer.body()).isEqualTo("msg");
            Http2Headers trailers = Objects.requireNonNull(answer.trailers());
            assertThat(trailers.get("grpc-status")).hasToString("5");
            assertThat(trailers.get("grpc-message")).hasToString("none");
            Http2Headers head = backend.heads().getFirst();
            assertThat(head.method()).hasToString("POST");
            assertThat(head.path()).hasToString("/pkg.Service/Call");
            assertThat(head.scheme()).hasToString("http");
            assertThat(head.authority()).hasToString("a.test");
            assertThat(head.get("te")).hasToString("trailers");
            assertThat(head.contains("x-request-id")).isTrue();
            assertThat(head.contains("transfer-encoding") || head.contains("host")).isFalse();
        }
    }

    @Test
    void trailersOnly_isOneFrame() {
        try (H2Backend _ =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (last) {
                                                stream.head(
                                                        true,
                                                        ":status",
                                                        "200",
                                                        "grpc-status",
                                                        "12");
                                            }
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/", GRPC).data(1, END_STREAM, "msg");
            Frame frame = Objects.requireNonNull(client.next(HEADERS));

            assertThat(frame.has(END_STREAM)).isTrue();
            assertThat(client.decode(frame).get("grpc-status")).hasToString("12");
        }
    }

    @Test
    void answerBeforeTheRequestEnds_endsTheCall() {
        try (H2Backend backend =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (fields.method() != null) {
                                                stream.head(
                                                        true,
                                                        ":status",
                                                        "200",
                                                        "grpc-status",
                                                        "16");
                                            }
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/", GRPC).data(1, 0, "first");

            assertThat(client.answer(1).field("grpc-status")).isEqualTo("16");
            await().untilAsserted(() -> assertThat(backend.resets()).containsExactly(8L));
        }
    }

    @Test
    void bothWays_messagesPassAsTheyCome() {
        try (H2Backend _ = serving(H2Backend.echo());
                H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/", GRPC);
            assertThat(Objects.requireNonNull(client.next(HEADERS)).has(END_STREAM)).isFalse();
            for (int i = 0; i < 5; i++) {
                client.data(1, 0, "message " + i);
                assertThat(text(client.next(DATA))).isEqualTo("message " + i);
            }
            client.data(1, END_STREAM, "last");
            assertThat(client.answer(1).body()).isEqualTo("last");
        }
    }

    @Test
    void client_cancels_backendIsTold() {
        try (H2Backend backend = serving(H2Backend.echo());
                H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/", GRPC);
            assertThat(client.decode(Objects.requireNonNull(client.next(HEADERS))).status())
                    .hasToString("200");
            client.reset(1, 8);

            await().untilAsserted(() -> assertThat(backend.resets()).containsExactly(8L));
            await().until(() -> edge.edge().inFlight().isEmpty());
            assertThat(client.request(3, END_STREAM, "POST", "/", GRPC).answer(3).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void backend_resetsAfterTheHead_clientIsReset() {
        try (H2Backend _ =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            stream.head(false, ":status", "200");
                                            reset(stream, Http2Error.CANCEL);
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            Answer answer = client.request(1, END_STREAM, "POST", "/", GRPC).answer(1);

            assertThat(answer.ended()).isFalse();
            assertThat(answer.reset()).isPositive();
        }
    }

    @Test
    void backend_refusesTheStream_isAskedOnceMore() {
        AtomicInteger asked = new AtomicInteger();
        try (H2Backend _ =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (fields.method() != null
                                                    && asked.incrementAndGet() == 1) {
                                                reset(stream, Http2Error.REFUSED_STREAM);
                                            } else if (last) {
                                                stream.head(true, ":status", "200");
                                            }
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            Answer answer = client.request(1, END_STREAM, "POST", "/", GRPC).answer(1);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(asked.get()).isEqualTo(2);
        }
    }

    @Test
    void backend_fails_isNotAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        try (H2Backend _ =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            asked.incrementAndGet();
                                            reset(stream, Http2Error.INTERNAL_ERROR);
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            assertThat(client.request(1, END_STREAM, "POST", "/", GRPC).answer(1).status())
                    .isEqualTo(502);
            assertThat(client.request(3, END_STREAM, "POST", "/", GRPC).answer(3).status())
                    .isEqualTo(502);
            assertThat(asked.get()).isEqualTo(2);
        }
    }

    @Test
    void backend_refusesEveryStream_isAskedAFewTimesAndNoMore() {
        try (H2Backend backend =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) ->
                                                reset(stream, Http2Error.REFUSED_STREAM)));
                H2Client client = H2Client.connect(edge.port())) {
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(502);

            assertThat(backend.heads()).hasSizeBetween(2, 4);
        }
    }

    @Test
    void backend_failsOnAConnectionThatServedBefore_isNotAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        try (H2Backend _ =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (asked.incrementAndGet() == 1) {
                                                stream.head(true, ":status", "200");
                                            } else {
                                                reset(stream, Http2Error.INTERNAL_ERROR);
                                            }
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(200);

            assertThat(client.get(3, "/").answer(3).status()).isEqualTo(502);
            assertThat(asked.get()).isEqualTo(2);
        }
    }

    @Test
    void backend_goesAway_nextRequestsTakeANewConnection() {
        AtomicInteger asked = new AtomicInteger();
        try (H2Backend backend =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (asked.incrementAndGet() == 1) {
                                                var _ =
                                                        stream.channel()
                                                                .parent()
                                                                .writeAndFlush(
                                                                        new DefaultHttp2GoAwayFrame(
                                                                                Http2Error
                                                                                        .NO_ERROR));
                                            }
                                            stream.head(true, ":status", "200");
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            for (int i = 0; i < 4; i++) {
                int stream = 2 * i + 1;
                assertThat(client.get(stream, "/").answer(stream).status()).isEqualTo(200);
            }
            assertThat(backend.accepted()).isEqualTo(2);
        }
    }

    @Test
    void backend_goesAwayBelowAStream_itIsAskedAgainElsewhere() {
        AtomicInteger asked = new AtomicInteger();
        try (H2Backend backend =
                        serving(
                                H2Backend.start(
                                        (stream, fields, body, last) -> {
                                            if (!last) {
                                                return;
                                            }
                                            if (asked.incrementAndGet() == 2) {
                                                goAwayAfterTheFirst(stream);
                                            } else {
                                                stream.head(true, ":status", "200");
                                            }
                                        }));
                H2Client client = H2Client.connect(edge.port())) {
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(200);
            client.request(3, 0, "POST", "/", "content-length", "4").data(3, END_STREAM, "body");

            assertThat(client.answer(3).status()).isEqualTo(200);
            assertThat(asked.get()).isEqualTo(3);
            assertThat(backend.accepted()).isEqualTo(2);
        }
    }

    /** A GOAWAY as bytes: the codec would not name a stream below those that it knows. */
    private static void goAwayAfterTheFirst(H2Backend.Stream stream) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeMedium(8).writeByte(H2Client.GOAWAY).writeByte(0).writeInt(0);
        frame.writeInt(3).writeInt(0);
        var _ = stream.channel().parent().pipeline().firstContext().writeAndFlush(frame);
    }

    @Test
    void backend_closesIdleConnections_noRequestFails() {
        try (H2Backend backend = serving(H2Backend.echo());
                H2Client client = H2Client.connect(edge.port())) {
            for (int i = 0; i < 20; i++) {
                int stream = 2 * i + 1;
                assertThat(client.get(stream, "/").answer(stream).status()).isEqualTo(200);
                backend.dropConnections();
            }
        }
    }

    @Test
    void manyStreams_shareOneConnection() {
        try (H2Backend backend = serving(H2Backend.echo());
                H2Client client = H2Client.connect(edge.port())) {
            for (int i = 0; i < 50; i++) {
                client.request(2 * i + 1, 0, "POST", "/", GRPC);
            }
            for (int i = 0; i < 50; i++) {
                client.data(2 * i + 1, END_STREAM, "m" + i);
            }
            int ended = 0;
            while (ended < 50) {
                Frame frame = Objects.requireNonNull(client.next());
                ended += frame.type() <= HEADERS && frame.has(END_STREAM) ? 1 : 0;
            }
            assertThat(backend.accepted()).isEqualTo(1);
        }
    }

    @Test
    void backend_idleConnection_isClosed() {
        try (TestEdge quick = TestEdge.start();
                H2Backend backend = H2Backend.echo();
                H2Client client = H2Client.connect(quick.port())) {
            quick.serve(Routes.proxy("a.test", backend.address()));
            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(200);

            await().untilAsserted(() -> assertThat(backend.open()).isZero());
        }
    }

    @Test
    void http1Client_isServed() {
        try (H2Backend backend = serving(H2Backend.echo());
                RawClient client = RawClient.connect(edge.port())) {
            client.send(
                    """
                    POST /x HTTP/1.1
                    Host: a.test
                    Transfer-Encoding: chunked

                    5
                    hello
                    0
                    X-Sum: 1

                    """
                            .replace("\n", "\r\n"));
            assertThat(client.response().body()).contains("hello");
            client.send("POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.response().body()).contains("hello");
            client.send("GET /y HTTP/1.1\r\nHost: a.test\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(backend.heads()).hasSize(3);
        }
    }

    @Test
    void backend_lineBreakInAField_is502AndSplitsNothing() {
        try (H2Backend _ =
                serving(
                        H2Backend.start(
                                (stream, fields, body, last) ->
                                        stream.head(
                                                true,
                                                ":status",
                                                "200",
                                                "x-asked",
                                                "a\r\nset-cookie: b=c")))) {
            RawClient.Response response = RawClient.get(edge.port(), "a.test", "/");

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("set-cookie")).isNull();
        }
    }

    @Test
    void webSocket_toSuchABackend_isRefusedInWords() {
        try (H2Backend _ = serving(H2Backend.echo())) {
            RawClient.Response response =
                    RawClient.get(
                            edge.port(),
                            "a.test",
                            "/",
                            "Connection: Upgrade",
                            "Upgrade: websocket");

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.body()).contains("h2c");
        }
    }

    @Test
    void backend_neverAnswers_is504() {
        try (TestEdge quick = TestEdge.start(TestTimeouts.quick());
                H2Backend backend =
                        H2Backend.start(
                                (stream, fields, body, last) -> {
                                    // silent
                                });
                H2Client client = H2Client.connect(quick.port())) {
            quick.serve(Routes.proxy("a.test", backend.address()));

            assertThat(client.get(1, "/").answer(1).status()).isEqualTo(504);
            await().untilAsserted(() -> assertThat(backend.resets()).containsExactly(8L));
        }
    }

    @Test
    void backend_goneWithoutAWord_nextRequestTakesANewConnection() {
        Set<Channel> connections = ConcurrentHashMap.newKeySet();
        H2Backend silentAtFirst =
                H2Backend.start(
                        (stream, fields, body, last) -> {
                            connections.add(stream.channel().parent());
                            if (connections.size() > 1) {
                                stream.head(true, ":status", "200");
                            }
                        });
        try (TestEdge quick = TestEdge.start(TestTimeouts.quick());
                H2Backend backend = silentAtFirst) {
            quick.serve(Routes.proxy("a.test", backend.address()));
            // On one connection, which is on one event loop; it is idle for too short to be closed.
            try (H2Client client = H2Client.connect(quick.port())) {
                assertThat(client.get(1, "/").answer(1).status()).isEqualTo(504);
                assertThat(client.get(3, "/").answer(3).status()).isEqualTo(200);
            }
        }
    }

    private static H2Backend serving(H2Backend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }

    private static void reset(H2Backend.Stream stream, Http2Error error) {
        var _ = stream.channel().writeAndFlush(new DefaultHttp2ResetFrame(error));
    }

    private static String text(@Nullable Frame frame) {
        return new String(Objects.requireNonNull(frame).payload(), StandardCharsets.ISO_8859_1);
    }
}
