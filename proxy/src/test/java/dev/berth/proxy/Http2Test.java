package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.DATA;
import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static dev.berth.proxy.testing.H2Client.GOAWAY;
import static dev.berth.proxy.testing.H2Client.HEADERS;
import static dev.berth.proxy.testing.H2Client.PING;
import static dev.berth.proxy.testing.H2Client.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Answer;
import dev.berth.proxy.testing.H2Client.Frame;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/2 with prior knowledge, to backends that speak HTTP/1. */
class Http2Test {
    private static final int INITIAL_WINDOW_SIZE = 4;

    private static TestEdge edge;
    private static TestBackend echo;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
        echo = TestBackend.echo();
        edge.serve(
                Routes.proxy("a.test", echo.address()), Routes.proxy("127.0.0.1", echo.address()));
    }

    @AfterAll
    static void stop() {
        edge.close();
        echo.close();
    }

    @Test
    void request_withoutBody_arrivesAsHttp1() {
        try (H2Client client = H2Client.connect(edge.port())) {
            Answer answer = client.get(1, "/x?y=%20z", "x-a", "b", "te", "trailers").answer(1);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.ended()).isTrue();
            assertThat(answer.field("x-request-id")).hasSize(32);
            assertThat(answer.body()).startsWith("GET /x?y=%20z HTTP/1.1\r\n");
            String head = answer.body().substring(0, answer.body().indexOf("\r\n\r\n"));
            assertThat(Conversation.field(head, "host")).isEqualTo("a.test");
            assertThat(Conversation.field(head, "x-a")).isEqualTo("b");
            assertThat(Conversation.field(head, "x-forwarded-proto")).isEqualTo("http");
            assertThat(head)
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("\r\nte:")
                    .doesNotContain("\r\n:");
        }
        await().until(() -> edge.accessLog().stream().anyMatch(l -> l.contains("HTTP/2.0")));
    }

    @Test
    void request_bodyOfKnownLength_keepsItsLength() {
        try (H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/", "content-length", "007")
                    .data(1, 0, "hel")
                    .data(1, END_STREAM, "lo!!");
            Answer answer = client.answer(1);

            assertThat(answer.body())
                    .containsIgnoringCase("content-length: 7\r\n")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .endsWith("\r\n\r\nhello!!");
        }
    }

    @Test
    void request_bodyOfUnknownLength_isChunkedWithTrailers() {
        try (H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/")
                    .data(1, 0, "hello")
                    .headers(1, END_STREAM, "x-sum", "1", "host", "evil");
            Answer answer = client.answer(1);

            assertThat(answer.body())
                    .containsIgnoringCase("transfer-encoding: chunked")
                    .endsWith("5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n");
        }
    }

    @Test
    void request_cookieCrumbs_areJoined() {
        try (H2Client client = H2Client.connect(edge.port())) {
            Answer answer = client.get(1, "/", "cookie", "a=1", "cookie", "b=2").answer(1);

            assertThat(answer.body()).contains("cookie: a=1; b=2\r\n");
        }
    }

    @Test
    void request_valueAboveAscii_passesByteForByte() {
        try (H2Client client = H2Client.connect(edge.port())) {
            Answer answer = client.get(1, "/", "x-a", "caf\u00e9").answer(1);

            assertThat(answer.body()).contains("x-a: caf\u00e9\r\n");
        }
    }

    @Test
    void answer_trailersAndInformational_pass() {
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    """
                                    HTTP/1.1 103 Early Hints
                                    Link: </a.css>

                                    HTTP/1.1 200 OK
                                    Transfer-Encoding: chunked
                                    Connection: X-Drop
                                    X-Drop: 1

                                    5
                                    hello
                                    0
                                    X-Sum: 1
                                    Host: evil

                                    """
                                            .replace("\n", "\r\n"));
                            conversation.readAll();
                        });
        try (TestEdge own = TestEdge.start();
                backend;
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.heads()).hasSize(2);
            assertThat(answer.heads().getFirst().status()).hasToString("103");
            assertThat(answer.heads().getFirst().get("link")).hasToString("</a.css>");
            assertThat(answer.heads().getLast())
                    .noneMatch(f -> f.getKey().toString().matches("transfer-.*|connection|x-drop"));
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(Objects.requireNonNull(answer.trailers()).get("x-sum")).hasToString("1");
            assertThat(answer.trailers().size()).isEqualTo(1);
        }
    }

    @Test
    void expectContinue_isAskedOfTheBackend() {
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            String head = Objects.requireNonNull(self.next(conversation));
                            assertThat(Conversation.field(head, "expect"))
                                    .isEqualTo("100-continue");
                            conversation.send("HTTP/1.1 100 Continue\r\n\r\n");
                            conversation.send(TestBackend.ok(conversation.readBody(head)));
                        });
        try (TestEdge own = TestEdge.start();
                backend;
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            client.request(1, 0, "POST", "/", "content-length", "5", "expect", "100-continue");
            Frame first = Objects.requireNonNull(client.next(HEADERS));
            assertThat(client.decode(first).status()).hasToString("100");

            assertThat(client.data(1, END_STREAM, "hello").answer(1).body()).isEqualTo("hello");
        }
    }

    @Test
    void answer_earlyWithoutTheBody_tellsTheClientToStop() {
        try (H2Client client = H2Client.connect(edge.port())) {
            client.headers(
                    1,
                    0,
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/",
                    ":authority",
                    "b.test");
            Answer answer = client.answer(1);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.ended()).isTrue();

            Frame reset = Objects.requireNonNull(client.next(H2Client.RST_STREAM));
            assertThat(reset.number(0)).isZero();
            // What was on its way is no fault.
            client.data(1, END_STREAM, "late").get(3, "/");
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
    }

    @Test
    void client_resets_backendIsCutOff() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.readAll();
                            cut.countDown();
                        });
        try (TestEdge own = TestEdge.start();
                backend;
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            client.get(1, "/");
            await().until(() -> !backend.heads().isEmpty());
            client.reset(1, 8);

            assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
            await().until(() -> own.edge().inFlight().isEmpty());
        }
    }

    @Test
    void backend_breaksOff_streamIsReset() {
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal");
                        });
        try (TestEdge own = TestEdge.start();
                backend;
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.ended()).isFalse();
            assertThat(answer.reset()).isEqualTo(8);
            // A client whose backend fails is no attacker, however often it does.
            for (int stream = 3; stream < 600; stream += 2) {
                assertThat(client.get(stream, "/").answer(stream).reset()).isEqualTo(8);
            }
        }
    }

    @Test
    void upload_backendReadsNothing_isHeldBackByTheWindow() {
        CountDownLatch read = new CountDownLatch(1);
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            String head = Objects.requireNonNull(self.next(conversation));
                            read.await();
                            conversation.send(
                                    TestBackend.ok(
                                            Integer.toString(
                                                    conversation.readBody(head).length())));
                        });
        try (TestEdge own = TestEdge.start();
                backend;
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            int size = 8 << 20;
            client.request(1, 0, "POST", "/", "content-length", Integer.toString(size));
            int window = 65_535;
            int sent = 0;
            // Settings and updates come until the edge holds all that it may.
            AtomicInteger granted = new AtomicInteger(window);
            AtomicInteger connection = new AtomicInteger(window);
            Thread.ofVirtual().start(() -> collect(client, granted, connection));
            String piece = "x".repeat(16_000);
            boolean held = false;
            while (sent < size) {
                int next = Math.min(piece.length(), size - sent);
                if (!waits(granted, connection, sent, next)) {
                    assertThat(held).as("held back a second time").isFalse();
                    held = true;
                    assertThat(sent).isLessThan(6 << 20);
                    read.countDown();
                    int before = sent;
                    await().until(() -> waits(granted, connection, before, next));
                }
                sent += next;
                client.data(1, sent == size ? END_STREAM : 0, piece.substring(0, next));
            }
            assertThat(held).isTrue();
            await().until(() -> granted.get() < 0);
        }
    }

    private static boolean waits(
            AtomicInteger granted, AtomicInteger connection, int sent, int next) {
        long end = System.nanoTime() + 2_000_000_000;
        while (System.nanoTime() < end) {
            if (granted.get() - sent >= next && connection.get() - sent >= next) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static void collect(H2Client client, AtomicInteger granted, AtomicInteger connection) {
        for (Frame frame = client.next(); frame != null; frame = client.next()) {
            if (frame.type() == H2Client.WINDOW_UPDATE) {
                (frame.stream() == 0 ? connection : granted).addAndGet(frame.number(0));
            } else if (frame.type() == DATA && frame.has(END_STREAM)) {
                granted.set(Integer.MIN_VALUE);
                return;
            }
        }
    }

    @Test
    void download_clientOpensNoWindow_isHeldBackAndThenComes() {
        String body = "y".repeat(3 << 20);
        try (TestEdge own = TestEdge.start();
                TestBackend backend = TestBackend.saying(body);
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            client.setting(INITIAL_WINDOW_SIZE, 0).get(1, "/");
            assertThat(Objects.requireNonNull(client.next(HEADERS)).stream()).isEqualTo(1);
            client.frame(PING, 0, 0, new byte[8]);
            assertThat(Objects.requireNonNull(client.next(PING)).has(H2Client.ACK)).isTrue();

            client.window(0, body.length()).window(1, body.length());
            int length = 0;
            Frame frame;
            do {
                frame = Objects.requireNonNull(client.next(DATA));
                length += frame.payload().length;
            } while (!frame.has(END_STREAM));
            assertThat(length).isEqualTo(body.length());
        }
    }

    @Test
    void window_neverOpened_streamIsResetAtTheLimit() {
        try (TestEdge own = TestEdge.start(TestTimeouts.quick());
                TestBackend backend = TestBackend.saying("short");
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            client.setting(INITIAL_WINDOW_SIZE, 0).get(1, "/");

            assertThat(Objects.requireNonNull(client.next(H2Client.RST_STREAM)).stream())
                    .isEqualTo(1);
        }
    }

    @Test
    void connection_idle_endsWithGoAway() {
        try (TestEdge own = TestEdge.start(TestTimeouts.quick());
                H2Client client = H2Client.connect(own.port())) {
            Frame goAway = Objects.requireNonNull(client.next(GOAWAY));

            assertThat(goAway.number(4)).isZero();
            assertThat(client.next()).isNull();
        }
    }

    @Test
    void drain_requestInFlight_twoGoAwaysAndTheAnswer() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            go.await();
                            conversation.send(TestBackend.ok("late"));
                        });
        TestEdge own = TestEdge.start();
        try (backend;
                H2Client client = H2Client.connect(own.port())) {
            own.serve(Routes.proxy("a.test", backend.address()));
            client.get(1, "/");
            await().until(() -> !backend.heads().isEmpty());
            Thread closing = Thread.ofVirtual().start(own::close);

            Frame first = Objects.requireNonNull(client.next(GOAWAY));
            assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
            assertThat(first.number(4)).isZero();
            Frame ping = Objects.requireNonNull(client.next(PING));
            client.frame(PING, H2Client.ACK, 0, ping.payload());
            Frame second = Objects.requireNonNull(client.next(GOAWAY));
            assertThat(second.number(0)).isEqualTo(1);
            go.countDown();

            assertThat(client.answer(1).body()).isEqualTo("late");
            assertThat(client.next()).isNull();
            closing.join();
        }
    }

    @Test
    void settings_sayTheLimits() {
        try (H2Client client = H2Client.connect(edge.port())) {
            Frame settings = Objects.requireNonNull(client.next(SETTINGS));

            assertThat(settings.payload().length).isGreaterThanOrEqualTo(18);
        }
    }

    @Test
    void headerList_tooLarge_is431AndTheConnectionLives() {
        try (H2Client client = H2Client.connect(edge.port())) {
            client.get(1, "/", "x-a", "a".repeat(8_000), "x-b", "b".repeat(7_000));
            assertThat(client.answer(1).status()).isEqualTo(200);
            byte[] block =
                    H2Client.block(
                            ":method",
                            "GET",
                            ":scheme",
                            "http",
                            ":path",
                            "/",
                            ":authority",
                            "a.test",
                            "x-a",
                            "a".repeat(36_000));
            client.frame(HEADERS, END_STREAM, 3, Arrays.copyOf(block, 16_000));
            client.frame(H2Client.CONTINUATION, 0, 3, Arrays.copyOfRange(block, 16_000, 32_000));
            client.frame(
                    H2Client.CONTINUATION,
                    H2Client.END_HEADERS,
                    3,
                    Arrays.copyOfRange(block, 32_000, block.length));

            assertThat(client.answer(3).status()).isEqualTo(431);
            assertThat(client.get(5, "/").answer(5).status()).isEqualTo(200);
        }
    }
}
