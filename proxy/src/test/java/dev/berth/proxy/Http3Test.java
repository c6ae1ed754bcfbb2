package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.H3Client.Answer;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/3 to backends that speak HTTP/1. */
class Http3Test {
    private static TestEdge edge;
    private static TestBackend echo;

    @BeforeAll
    static void start() {
        edge = TestEdge.startHttp3();
        echo = TestBackend.echo();
    }

    @BeforeEach
    void serveEcho() {
        edge.serve(Routes.proxy("a.test", echo.address()));
    }

    @AfterAll
    static void stop() {
        edge.close();
        echo.close();
    }

    @Test
    void request_withoutBody_arrivesAsHttp1() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer = client.get("/x?y=%20z", "x-a", "b", "te", "trailers").answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.ended()).isTrue();
            assertThat(answer.field("x-request-id")).hasSize(32);
            assertThat(answer.body()).startsWith("GET /x?y=%20z HTTP/1.1\r\n");
            String head = answer.body().substring(0, answer.body().indexOf("\r\n\r\n"));
            assertThat(Conversation.field(head, "host")).isEqualTo("a.test");
            assertThat(Conversation.field(head, "x-a")).isEqualTo("b");
            assertThat(Conversation.field(head, "x-forwarded-proto")).isEqualTo("https");
            assertThat(Conversation.field(head, "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(head)
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("\r\nte:")
                    .doesNotContain("\r\n:");
        }
        await().until(() -> edge.accessLog().stream().anyMatch(l -> l.contains("HTTP/3.0")));
    }

    @Test
    void request_bodyOfKnownLength_keepsItsLength() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer =
                    client.request("POST", "/", "content-length", "007")
                            .data(false, "hel")
                            .data(true, "lo!!")
                            .answer();

            assertThat(answer.body())
                    .containsIgnoringCase("content-length: 7\r\n")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .endsWith("\r\n\r\nhello!!");
        }
    }

    @Test
    void request_bodyOfUnknownLength_isChunkedWithTrailers() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer =
                    client.request("POST", "/")
                            .data(false, "hello")
                            .headers(true, "x-sum", "1", "host", "evil")
                            .answer();

            assertThat(answer.body())
                    .containsIgnoringCase("transfer-encoding: chunked")
                    .endsWith("5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n");
        }
    }

    @Test
    void request_cookieCrumbs_areJoined() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer = client.get("/", "cookie", "a=1", "cookie", "b=2").answer();

            assertThat(answer.body()).contains("cookie: a=1; b=2\r\n");
        }
    }

    @Test
    void request_postWithoutBody_saysSo() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer = client.open().headers(true, H3Client.fields("POST", "/")).answer();

            assertThat(answer.body()).containsIgnoringCase("content-length: 0\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length", "trailer"})
    void trailers_thatMeanNothingThere_areLeftOut(String name) {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer =
                    client.request("POST", "/")
                            .data(false, "body")
                            .headers(true, name, "4", "x-sum", "1")
                            .answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).endsWith("\r\n\r\n4\r\nbody\r\n0\r\nx-sum: 1\r\n\r\n");
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
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            Answer answer = client.get("/").answer();

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
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream =
                    client.request("POST", "/", "content-length", "5", "expect", "100-continue");
            await().until(() -> !stream.heads().isEmpty());
            assertThat(stream.heads().getFirst().status()).hasToString("100");

            assertThat(stream.data(true, "hello").answer().body()).isEqualTo("hello");
        }
    }

    @Test
    void events_areNotHeldBack() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
                            seen.await();
                            conversation.send("data: 2\n\n");
                        });
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream = client.get("/");
            await().until(() -> stream.soFar().equals("data: 1\n\n"));
            seen.countDown();

            assertThat(stream.answer().body()).isEqualTo("data: 1\n\ndata: 2\n\n");
        }
    }

    @Test
    void answer_earlyWithoutTheBody_isComplete() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            H3Client.Stream stream =
                    client.open()
                            .headers(
                                    false,
                                    ":method",
                                    "POST",
                                    ":scheme",
                                    "https",
                                    ":path",
                                    "/",
                                    ":authority",
                                    "127.0.0.1:x");
            Answer answer = stream.answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.ended()).isTrue();
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void client_resets_backendIsCutOff() throws Exception {
        assertCut(
                client -> client.request("POST", "/").data(false, "x"),
                (_, stream) -> stream.reset(0x10c));
    }

    /** The client has sent all and stops listening, of which nothing tells but a write. */
    @Test
    void client_stopsListening_backendIsCutOff() throws Exception {
        assertCut(client -> client.get("/"), (_, stream) -> stream.stop(0x10c));
    }

    @Test
    void client_stopsListeningWhileItSends_backendIsCutOff() throws Exception {
        assertCut(
                client -> client.request("POST", "/").data(false, "x"),
                (_, stream) -> stream.stop(0x10c));
    }

    @Test
    void client_closesTheConnection_backendIsCutOff() throws Exception {
        assertCut(client -> client.get("/"), (client, _) -> client.disconnect());
    }

    private static void assertCut(
            Function<H3Client, H3Client.Stream> ask, BiConsumer<H3Client, H3Client.Stream> cut)
            throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            asked.countDown();
                            conversation.readAll();
                            closed.countDown();
                        });
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream = ask.apply(client);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(closed.getCount()).isEqualTo(1);
            cut.accept(client, stream);

            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
            await().until(() -> edge.edge().inFlight().isEmpty());
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
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            Answer answer = client.get("/").answer();

            assertThat(answer.ended()).isFalse();
            assertThat(answer.reset()).isEqualTo(0x102);
            assertThat(client.get("/").answer().reset()).isEqualTo(0x102);
        }
    }

    @Test
    void bodies_bigBothWays_arriveWhole() {
        String body = "0123456789abcdef".repeat(128 * 1024);
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            String head = Objects.requireNonNull(self.next(conversation));
                            conversation.send(TestBackend.ok(conversation.readBody(head)));
                        });
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream =
                    client.request("POST", "/", "content-length", Integer.toString(body.length()));
            int piece = 16 * 1024;
            for (int at = 0; at < body.length(); at += piece) {
                stream.data(at + piece >= body.length(), body.substring(at, at + piece));
            }
            Answer answer = stream.answer();

            assertThat(answer.ended()).isTrue();
            assertThat(answer.body().equals(body)).as("the same").isTrue();
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
        int size = 12 << 20;
        try (backend;
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream =
                    client.request("POST", "/", "content-length", Integer.toString(size));
            String piece = "x".repeat(16 * 1024);
            int sent = 0;
            while (sent < size && takes(stream)) {
                sent += piece.length();
                stream.data(sent == size, piece);
            }
            assertThat(sent).as("held back").isLessThan(size);
            read.countDown();
            while (sent < size) {
                assertThat(takes(stream)).as("taken again").isTrue();
                sent += piece.length();
                stream.data(sent == size, piece);
            }

            assertThat(stream.answer().body()).isEqualTo(Integer.toString(size));
        }
    }

    private static boolean takes(H3Client.Stream stream) {
        long end = System.nanoTime() + 4_000_000_000L;
        while (System.nanoTime() < end) {
            if (stream.writable()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @Test
    void download_clientReadsNothing_isHeldBackAndThenComes() {
        CountDownLatch sentAll = new CountDownLatch(1);
        int size = 16 << 20;
        TestBackend backend =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                            String piece = "y".repeat(1 << 20);
                            for (int i = 0; i < size >> 20; i++) {
                                conversation.send(piece);
                            }
                            sentAll.countDown();
                        });
        try (backend;
                H3Client client = H3Client.withWindow(edge.httpsPort(), 64 * 1024)) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream = client.open().read(false);
            stream.headers(true, H3Client.fields("GET", "/"));
            await().until(() -> !edge.edge().inFlight().isEmpty());
            await().during(1, TimeUnit.SECONDS).until(() -> sentAll.getCount() == 1);
            stream.read(true);

            assertThat(stream.answer().body()).hasSize(size);
        }
    }
}
