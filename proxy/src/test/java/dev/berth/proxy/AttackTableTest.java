package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.StrictRequests;
import dev.berth.proxy.testing.TestBackend;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests with which proxies were attacked, one by one against a backend that records what reaches
 * it. Nothing of a refused request may, and the connection must end with it.
 */
class AttackTableTest {
    private static final String HOST = "Host: a.test\r\n";
    private static final String FOLLOWER = "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n";

    /** Requests that arrived whole. */
    private static final AtomicInteger COMPLETE = new AtomicInteger();

    private static TestBackend backend;
    private static TestEdge edge;

    @BeforeAll
    static void start() {
        backend = TestBackend.start(AttackTableTest::echo);
        edge = TestEdge.start().serve(Routes.proxy("a.test", backend.address()));
    }

    @AfterAll
    static void stop() {
        edge.close();
        backend.close();
    }

    private static void echo(Conversation conversation, TestBackend self) throws IOException {
        for (String head = self.next(conversation); head != null; head = self.next(conversation)) {
            String body = conversation.readBody(head);
            COMPLETE.incrementAndGet();
            conversation.send(TestBackend.ok(head + "\r\n\r\n" + body));
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("length and coding", 400, post("Content-Length: 5", CHUNKED) + "0\r\n\r\n"),
                refused("coding and length", 400, post(CHUNKED, "Content-Length: 5") + "0\r\n\r\n"),
                refused(
                        "two different lengths",
                        400,
                        post("Content-Length: 5", "Content-Length: 6") + "hello"),
                refused(
                        "two equal lengths",
                        400,
                        post("Content-Length: 5", "Content-Length: 5") + "hello"),
                refused("list of lengths", 400, post("Content-Length: 5, 5") + "hello"),
                refused("length with plus", 400, post("Content-Length: +5") + "hello"),
                refused("negative length", 400, post("Content-Length: -5") + "hello"),
                refused("hex length", 400, post("Content-Length: 0x5") + "hello"),
                refused("length with space", 400, post("Content-Length: 5 5") + "hello"),
                refused("empty length", 400, post("Content-Length: ") + "hello"),
                refused(
                        "length beyond 64 bits",
                        400,
                        post("Content-Length: 18446744073709551618") + "hello"),
                refused("coding identity", 400, post("Transfer-Encoding: identity") + CHUNKS),
                refused("coding xchunked", 400, post("Transfer-Encoding: xchunked") + CHUNKS),
                refused(
                        "coding gzip, chunked",
                        400,
                        post("Transfer-Encoding: gzip, chunked") + CHUNKS),
                refused(
                        "coding chunked twice",
                        400,
                        post("Transfer-Encoding: chunked, chunked") + CHUNKS),
                refused("two codings", 400, post(CHUNKED, "Transfer-Encoding: identity") + CHUNKS),
                refused("empty coding", 400, post("Transfer-Encoding: ") + CHUNKS),
                refused("quoted coding", 400, post("Transfer-Encoding: \"chunked\"") + CHUNKS),
                refused("coding with tab", 400, post("Transfer-Encoding: \u000bchunked") + CHUNKS),
                refused(
                        "coding in 1.0",
                        400,
                        "POST / HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n\r\n" + CHUNKS),
                refused("folded coding", 400, post("Transfer-Encoding:\r\n chunked") + CHUNKS),
                refused("folded field", 400, get("X-A: b\r\n c")),
                refused("space before first field", 400, "GET / HTTP/1.1\r\n " + HOST + "\r\n"),
                refused("space before colon", 400, post("Content-Length : 5") + "hello"),
                refused("space in name", 400, get("X A: b")),
                refused("empty name", 400, get(": b")),
                refused("bare CR in request line", 400, "GET /\r HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("bare CR as end", 400, "GET / HTTP/1.1\r\n" + HOST + "\r\r\n"),
                refused("CR in coding", 400, post("Transfer-Encoding: chunked\r") + CHUNKS),
                refused("coding after a tab", 400, post("Transfer-Encoding:\tchunked,") + CHUNKS),
                refused("space in coding name", 400, post("Transfer Encoding: chunked") + CHUNKS),
                refused("NUL in name", 400, get("X\u0000A: b")),
                refused("CR in extension", 400, post(CHUNKED) + "2;a=\rb\r\nab\r\n0\r\n\r\n"),
                refused("space in chunk size", 400, post(CHUNKED) + "2 0\r\nab\r\n0\r\n\r\n"),
                refused("NUL in trailer", 400, post(CHUNKED) + "0\r\nX: a\u0000b\r\n\r\n"),
                refused("control in trailer", 400, post(CHUNKED) + "0\r\nX: a\u0010b\r\n\r\n"),
                refused("bare CR in trailer", 400, post(CHUNKED) + "0\r\nX: a\rb\r\n\r\n"),
                refused("bare LF in trailer", 400, post(CHUNKED) + "0\r\nX: a\n\r\n"),
                refused("trailer without colon", 400, post(CHUNKED) + "0\r\nnonsense\r\n\r\n"),
                refused("space in trailer name", 400, post(CHUNKED) + "0\r\nX : a\r\n\r\n"),
                refused("line without colon", 400, get("nonsense")),
                refused("control in name", 400, get("X\u0001A: b")),
                refused("bare LF in head", 400, "GET / HTTP/1.1\n" + HOST + "\r\n"),
                refused("bare LF after field", 400, "GET / HTTP/1.1\r\nHost: a.test\n\r\n"),
                refused("bare LF as end", 400, "GET / HTTP/1.1\r\n" + HOST + "\n"),
                refused("bare CR in value", 400, get("X-A: b\rX-B: c")),
                refused("NUL in value", 400, get("X-A: b\u0000c")),
                refused("NUL in target", 400, "GET /\u0000 HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("control in value", 400, get("X-A: b\u0007c")),
                refused("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
                refused("no host in 1.0", 400, "GET / HTTP/1.0\r\n\r\n"),
                refused("two hosts", 400, get("Host: a.test")),
                refused("two different hosts", 400, get("Host: b.test")),
                refused("empty host", 400, "GET / HTTP/1.1\r\nHost: \r\n\r\n"),
                refused("host with space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
                refused("host with path", 400, "GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n"),
                refused("host with user", 400, "GET / HTTP/1.1\r\nHost: u@a.test\r\n\r\n"),
                refused("host with comma", 400, "GET / HTTP/1.1\r\nHost: a.test, b\r\n\r\n"),
                refused("host with bad port", 400, "GET / HTTP/1.1\r\nHost: a.test:x\r\n\r\n"),
                refused(
                        "absolute-form and two hosts",
                        400,
                        "GET http://a.test/ HTTP/1.1\r\n" + HOST + HOST + "\r\n"),
                refused(
                        "absolute-form with user",
                        400,
                        "GET http://u@a.test/ HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("other scheme", 400, "GET ftp://a.test/ HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("no slash", 400, "GET p HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("asterisk with GET", 400, "GET * HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("CONNECT", 405, "CONNECT a.test:80 HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("TRACE", 405, "TRACE / HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("tabs in request line", 400, "GET\t/\tHTTP/1.1\r\n" + HOST + "\r\n"),
                refused("two spaces", 400, "GET  / HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("space in target", 400, "GET /a b HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("raw byte in target", 400, "GET /\u00e9 HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("fragment", 400, "GET /a#b HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("version 2.0", 505, "GET / HTTP/2.0\r\n" + HOST + "\r\n"),
                refused("version 1.2", 505, "GET / HTTP/1.2\r\n" + HOST + "\r\n"),
                refused("lower-case version", 400, "GET / http/1.1\r\n" + HOST + "\r\n"),
                refused("no version", 400, "GET /\r\n" + HOST + "\r\n"),
                refused("bad method", 400, "GE(T / HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("chunk size with 0x", 400, post(CHUNKED) + "0x2\r\nab\r\n0\r\n\r\n"),
                refused("negative chunk size", 400, post(CHUNKED) + "-1\r\nab\r\n0\r\n\r\n"),
                refused("empty chunk size", 400, post(CHUNKED) + "\r\nab\r\n0\r\n\r\n"),
                refused(
                        "chunk size overflow",
                        400,
                        post(CHUNKED) + "10000000000000002\r\nab\r\n0\r\n\r\n"),
                refused("space before size", 400, post(CHUNKED) + " 2\r\nab\r\n0\r\n\r\n"),
                refused("bare LF after size", 400, post(CHUNKED) + "2\nab\r\n0\r\n\r\n"),
                refused("LF in extension", 400, post(CHUNKED) + "2;a=\nb\r\nab\r\n0\r\n\r\n"),
                refused("no CRLF after chunk", 400, post(CHUNKED) + "2\r\nab0\r\n\r\n"),
                refused("chunk longer than said", 400, post(CHUNKED) + "2\r\nabc\r\n0\r\n\r\n"),
                refused("LF after chunk", 400, post(CHUNKED) + "2\r\nab\n0\r\n\r\n"),
                refused("broken h2 preface", 505, "PRI * HTTP/2.0\r\n\r\n"),
                refused(
                        "long target",
                        414,
                        "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n"),
                refused("long field", 431, get("X-A: " + "a".repeat(40_000))),
                refused("many fields", 431, get("X-A: b\r\n".repeat(8000) + "X-B: c")));
    }

    @ParameterizedTest
    @MethodSource
    void refused(int status, String request) {
        int before = backend.heads().size();
        int whole = COMPLETE.get();

        try (RawClient client = RawClient.connect(edge.port())) {
            client.send(request + FOLLOWER);
            RawClient.Response response = client.response();

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(response.field("allow") != null).isEqualTo(status == 405);
            assertThat(response.field("x-request-id")).hasSize(32);
            assertThat(response.body()).contains(response.field("x-request-id"));
            assertThat(response.field("proxy-status")).startsWith("berth; error=");
            assertThat(client.rest()).isEmpty();
        }
        assertOnlyTheMarkerArrives(before, whole);
    }

    /** The head may be on its way to the backend before the rest is seen to be wrong. */
    @ParameterizedTest
    @MethodSource("refused")
    void refused_inTwoPieces_neverArrivesWhole(int status, String request) {
        int whole = COMPLETE.get();
        int end = request.indexOf("\r\n\r\n");
        int split = end < 0 ? request.length() / 2 : end + 4;

        try (RawClient client = RawClient.connect(edge.port())) {
            client.send(request.substring(0, split));
            await().pollDelay(Duration.ofMillis(5)).until(() -> true);
            try {
                client.send(request.substring(split) + FOLLOWER);
            } catch (UncheckedIOException e) {
                // refused by its first piece already
            }

            assertThat(client.response().status()).isEqualTo(status);
        }
        assertThat(RawClient.get(edge.port(), "a.test", "/marker").status()).isEqualTo(200);
        assertThat(COMPLETE).hasValue(whole + 1);
        assertThat(backend.heads()).noneMatch(head -> head.contains("smuggled"));
    }

    /** What was sent before it is recorded by the time that the marker is answered. */
    private static void assertOnlyTheMarkerArrives(int before, int whole) {
        assertThat(RawClient.get(edge.port(), "a.test", "/marker").status()).isEqualTo(200);
        assertThat(backend.heads()).hasSize(before + 1);
        assertThat(backend.heads().getLast()).startsWith("GET /marker ");
        assertThat(COMPLETE).hasValue(whole + 1);
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                accepted("plain", get(), "GET / HTTP/1.1"),
                accepted("leading empty line", "\r\n" + get(), "GET / HTTP/1.1"),
                accepted("upper-case host", "GET / HTTP/1.1\r\nHost: A.TEST\r\n\r\n", "GET /"),
                accepted("host with port", "GET / HTTP/1.1\r\nHost: a.test:80\r\n\r\n", "GET /"),
                accepted("host with dot", "GET / HTTP/1.1\r\nHost: a.test.\r\n\r\n", "GET /"),
                accepted(
                        "absolute-form",
                        "GET http://a.test/x?y HTTP/1.1\r\nHost: b.test\r\n\r\n",
                        "GET /x?y HTTP/1.1"),
                accepted(
                        "absolute-form without path",
                        "GET http://a.test?y HTTP/1.1\r\n" + HOST + "\r\n",
                        "GET /?y HTTP/1.1"),
                accepted(
                        "asterisk", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", "OPTIONS * HTTP/1.1"),
                accepted(
                        "dots and encodings as they are",
                        "GET /a/../%2e%2e/b%2Fc%20d//e?q=%zz HTTP/1.1\r\n" + HOST + "\r\n",
                        "GET /a/../%2e%2e/b%2Fc%20d//e?q=%zz HTTP/1.1"),
                accepted("chunks", post(CHUNKED) + CHUNKS, "POST / HTTP/1.1"),
                accepted("coding in capitals", post("transfer-encoding: CHUNKED") + CHUNKS, "POST"),
                accepted("length with zeros", post("Content-Length: 0005") + "hello", "POST"),
                accepted("length", post("Content-Length: 5") + "hello", "POST"),
                accepted("no body", post("Content-Length: 0"), "POST"),
                accepted(
                        "lengths nominated", nominating("Content-Length, Host"), "POST / HTTP/1.1"),
                accepted(
                        "coding nominated",
                        post("Connection: Transfer-Encoding", CHUNKED) + CHUNKS,
                        "POST / HTTP/1.1"),
                accepted(
                        "routing in trailers",
                        post(CHUNKED)
                                + "5\r\nhello\r\n0\r\nHost: evil\r\nContent-Length: 9\r\nX-Request-Id: evil\r\n\r\n",
                        "POST / HTTP/1.1"),
                accepted("underscores", get("X_Forwarded_For: evil", "Content_Length: 7"), "GET /"),
                accepted(
                        "spoofed origin",
                        get(
                                "X-Forwarded-Proto: evil",
                                "X-Real-IP: evil",
                                "Forwarded: for=evil",
                                "X-Request-Id: evil"),
                        "GET /"),
                accepted("proxy credentials", get("Proxy-Authorization: evil"), "GET /"),
                accepted("upgrade to h2c", get("Connection: Upgrade", "Upgrade: h2c"), "GET /"),
                accepted(
                        "chunk extension",
                        post(CHUNKED) + "5;evil=\"x\"\r\nhello\r\n0;evil\r\n\r\n",
                        "POST / HTTP/1.1"),
                accepted("raw byte in value", get("X-A: \u00e9"), "GET /"),
                accepted("unknown method", "BREW / HTTP/1.1\r\n" + HOST + "\r\n", "BREW /"));
    }

    /** On the backend's side of the wire: one request, with one Host and one framing field. */
    @ParameterizedTest
    @MethodSource
    void accepted(String request, String startsWith) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        TestBackend recording =
                TestBackend.start(
                        (conversation, _) -> {
                            InputStream in = new Recording(conversation.in(), wire);
                            TestBackend.echo(conversation.reading(in), backend);
                        });
        try (recording;
                RawClient client = RawClient.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", recording.address()));
            RawClient.Response response = client.send(request).response();
            assertThat(response.status()).isEqualTo(200);
        } finally {
            edge.serve(Routes.proxy("a.test", backend.address()));
        }
        List<StrictRequests.Request> arrived = StrictRequests.in(wire.toByteArray());
        assertThat(arrived).hasSize(1);
        StrictRequests.Request only = arrived.getFirst();
        assertThat(only.complete()).isTrue();
        assertThat(only.line()).startsWith(startsWith);
        assertThat(only.all("host")).hasSize(1).first().asString().containsIgnoringCase("a.test");
        assertThat(only.all("content-length").size() + only.all("transfer-encoding").size())
                .isEqualTo(request.startsWith("POST") ? 1 : 0);
        assertThat(only.fields()).noneMatch(field -> field.name().indexOf('_') >= 0);
        assertThat(wire.toString(StandardCharsets.ISO_8859_1)).doesNotContain("evil");
    }

    /** Keeps a copy of what is read. */
    private static final class Recording extends FilterInputStream {
        private final ByteArrayOutputStream copy;

        Recording(InputStream in, ByteArrayOutputStream copy) {
            super(in);
            this.copy = copy;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                copy.write(b);
            }
            return b;
        }

        @Override
        public int read(byte[] to, int at, int most) throws IOException {
            int read = super.read(to, at, most);
            if (read > 0) {
                copy.write(to, at, read);
            }
            return read;
        }
    }

    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

    private static Arguments refused(String name, int status, String request) {
        return argumentSet(name, status, request);
    }

    private static Arguments accepted(String name, String request, String startsWith) {
        return argumentSet(name, request, startsWith);
    }

    private static String nominating(String names) {
        return post("Connection: " + names, "Content-Length: 5") + "hello";
    }

    private static String get(String... fields) {
        return "GET / HTTP/1.1\r\n" + HOST + lines(fields) + "\r\n";
    }

    private static String post(String... fields) {
        return "POST / HTTP/1.1\r\n" + HOST + lines(fields) + "\r\n";
    }

    private static String lines(String... fields) {
        StringBuilder lines = new StringBuilder();
        for (String field : fields) {
            lines.append(field).append("\r\n");
        }
        return lines.toString();
    }
}
