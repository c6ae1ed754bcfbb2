package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.H3Client.Answer;
import dev.berth.proxy.testing.H3Client.Stream;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an HTTP/3 client may do wrong: nothing of it may reach a backend (RFC 9114 section 4). */
class Http3AttackTest {
    private static final int FRAME_ERROR = 0x106;
    private static final int EXCESSIVE_LOAD = 0x107;
    private static final int INCOMPLETE = 0x10d;
    private static final int MESSAGE_ERROR = 0x10e;

    private static TestEdge edge;
    private static TestBackend backend;

    @BeforeAll
    static void start() {
        edge = TestEdge.startHttp3();
        backend = TestBackend.echo();
        edge.serve(Routes.proxy("a.test", backend.address()));
    }

    @AfterAll
    static void stop() {
        edge.close();
        backend.close();
    }

    static java.util.stream.Stream<Arguments> malformed() {
        return java.util.stream.Stream.of(
                head("connection", "connection", "close"),
                head("transfer-encoding", "transfer-encoding", "chunked"),
                head("keep-alive", "keep-alive", "1"),
                head("upgrade", "upgrade", "h2c"),
                head("proxy-connection", "proxy-connection", "close"),
                head("te other than trailers", "te", "gzip"),
                head("upper case", "X-A", "b"),
                head("space in name", "x a", "b"),
                head("colon in name", "x:a", "b"),
                head("empty name", "", "b"),
                head("line break in value", "x-a", "b\r\nx-b: c"),
                head("NUL in value", "x-a", "b\0c"),
                head("space before value", "x-a", " b"),
                head("length is no number", "content-length", "+1"),
                head("two lengths", "content-length", "0", "content-length", "1"),
                head("length list", "content-length", "0, 1"),
                head("two hosts", "host", "a.test", "host", "a.test"),
                head("host differs", "host", "b.test"),
                head("pseudo-header behind fields", "x-a", "b", ":path", "/x"),
                head("unknown pseudo-header", ":x", "y"),
                raw("no method", ":scheme", "https", ":path", "/", ":authority", "a.test"),
                raw("no scheme", ":method", "GET", ":path", "/", ":authority", "a.test"),
                raw("no path", ":method", "GET", ":scheme", "https", ":authority", "a.test"),
                raw("no authority", ":method", "GET", ":scheme", "https", ":path", "/"),
                fields("empty path", "GET", ""),
                fields("path without slash", "GET", "x"),
                fields("URL as path", "GET", "http://b.test/"),
                fields("space in path", "GET", "/x HTTP/1.1"),
                fields("method with space", "GET /x", "/"),
                raw(
                        "other scheme",
                        ":method",
                        "GET",
                        ":scheme",
                        "ftp",
                        ":path",
                        "/",
                        ":authority",
                        "a.test"),
                raw(
                        "status",
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":path",
                        "/",
                        ":authority",
                        "a.test",
                        ":status",
                        "200"),
                raw(
                        "path twice",
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":path",
                        "/",
                        ":path",
                        "/x",
                        ":authority",
                        "a.test"),
                body(
                        "less than said",
                        stream -> stream.data(false, "hell").data(true, ""),
                        "content-length",
                        "5"),
                body(
                        "more than said",
                        stream -> stream.data(true, "hello!"),
                        "content-length",
                        "5"),
                body(
                        "trailers before the length is reached",
                        stream -> stream.data(false, "hell").headers(true, "x-a", "b"),
                        "content-length",
                        "5"),
                body(
                        "pseudo-header in trailers",
                        stream -> stream.data(false, "hello").headers(true, ":path", "/")),
                body(
                        "framing in trailers",
                        stream ->
                                stream.data(false, "hello")
                                        .headers(true, "transfer-encoding", "chunked")),
                body(
                        "line break in trailers",
                        stream ->
                                stream.data(false, "hello")
                                        .headers(true, "x-a", "b\r\n\r\nGET / HTTP/1.1")));
    }

    /** It may be answered before what is behind it comes: that is dropped or ends the stream. */
    @Test
    void body_behindALengthOfZero_isNoRequest() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            var _ =
                    client.request("POST", "/", "content-length", "0")
                            .data(true, "GET /hidden HTTP/1.1\r\nHost: a.test\r\n\r\n")
                            .answer();

            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
        assertThat(backend.heads()).noneMatch(head -> head.contains("/hidden"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(Function<H3Client, Stream> request) {
        int before = backend.heads().size();
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer = request.apply(client).answer();

            assertThat(answer.ended()).isFalse();
            assertThat(answer.heads()).isEmpty();
            assertThat(answer.reset()).isEqualTo(MESSAGE_ERROR);
            assertThat(client.get("/").answer().status()).isEqualTo(200);
        }
        // A body that goes wrong may have been begun, but it is never finished.
        List<String> arrived = backend.heads().subList(before, backend.heads().size());
        assertThat(arrived).hasSizeBetween(1, 2).noneMatch(head -> head.contains("/x "));
        assertThat(arrived).filteredOn(head -> head.startsWith("GET / HTTP/1.1")).hasSize(1);
    }

    /** Half a DATA frame is half a body. */
    @Test
    void request_endsWithinAFrame_closesTheConnection() throws Exception {
        int before = backend.heads().size();
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Stream stream = client.request("POST", "/cut").raw(true, 0, 10, 'h', 'a', 'l', 'f');

            assertThat(client.closed()).isEqualTo(FRAME_ERROR);
            assertThat(stream.answer().heads()).isEmpty();
        }
        assertThat(backend.heads().size() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void request_endsBeforeItsHead_isReset() {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            assertThat(client.open().raw(true).answer().reset()).isEqualTo(INCOMPLETE);
        }
    }

    @Test
    void head_tooLarge_closesTheConnection() throws Exception {
        int before = backend.heads().size();
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            client.get("/", "x-a", "b".repeat(40_000));

            assertThat(client.closed()).isEqualTo(EXCESSIVE_LOAD);
        }
        assertThat(backend.heads()).hasSize(before);
    }

    static java.util.stream.Stream<Arguments> refused() {
        return java.util.stream.Stream.of(
                argumentSet("asterisk with GET", 400, "GET", "*", "a.test"),
                argumentSet("fragment", 400, "GET", "/a#b", "a.test"),
                argumentSet("raw byte in path", 400, "GET", "/\u00e9", "a.test"),
                argumentSet("host with user", 400, "GET", "/", "u@a.test"),
                argumentSet("host with bad port", 400, "GET", "/", "a.test:x"),
                argumentSet("host of another connection", 421, "GET", "/", "b.test"),
                argumentSet("TRACE", 405, "TRACE", "/", "a.test"),
                argumentSet("long path", 414, "GET", "/" + "a".repeat(16_500), "a.test"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(int status, String method, String path, String host) {
        int before = backend.heads().size();
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            Answer answer =
                    client.open()
                            .headers(
                                    true,
                                    ":method",
                                    method,
                                    ":scheme",
                                    "https",
                                    ":authority",
                                    host,
                                    ":path",
                                    path)
                            .answer();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.field("x-request-id")).hasSize(32);
            assertThat(answer.field("proxy-status")).startsWith("berth; error=");
        }
        assertThat(backend.heads()).hasSize(before);
    }

    static java.util.stream.Stream<Arguments> flood() {
        return java.util.stream.Stream.of(
                flood("rapid reset", client -> client.request("POST", "/").reset(0x10c)),
                flood("malformed requests", client -> client.get("/", "connection", "close")),
                flood("empty DATA", client -> client.request("POST", "/").raw(false, new int[40])),
                flood(
                        "frames of reserved types",
                        client -> {
                            int[] frames = new int[80];
                            for (int i = 0; i < frames.length; i += 2) {
                                frames[i] = 0x21;
                            }
                            return client.request("POST", "/").raw(false, frames);
                        }));
    }

    /** Ends within 1000 steps, and a polite client beside it notices nothing. */
    @ParameterizedTest
    @MethodSource
    void flood(Function<H3Client, Stream> step) throws Exception {
        List<Integer> polite = new ArrayList<>();
        Thread beside = Thread.ofVirtual().start(() -> besides(polite));
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            int steps = 0;
            try {
                while (steps < 1000 && client.mayAsk()) {
                    steps++;
                    var _ = step.apply(client);
                }
            } catch (IllegalStateException e) {
                // closed on us, as it should be
            }

            assertThat(client.closed()).isEqualTo(EXCESSIVE_LOAD);
        }
        beside.join();
        assertThat(polite).hasSize(20).containsOnly(200);
    }

    private static void besides(List<Integer> statuses) {
        try (H3Client client = H3Client.connect(edge.httpsPort())) {
            for (int i = 0; i < 20; i++) {
                statuses.add(client.get("/").answer().status());
            }
        }
    }

    private static Arguments head(String name, String... fields) {
        return argumentSet(name, (Function<H3Client, Stream>) client -> client.get("/", fields));
    }

    private static Arguments raw(String name, String... fields) {
        return argumentSet(
                name, (Function<H3Client, Stream>) client -> client.open().headers(true, fields));
    }

    private static Arguments fields(String name, String method, String path) {
        return raw(name, H3Client.fields(method, path));
    }

    private static Arguments body(String name, Function<Stream, Stream> rest, String... fields) {
        return argumentSet(
                name,
                (Function<H3Client, Stream>)
                        client -> rest.apply(client.request("POST", "/", fields)));
    }

    private static Arguments flood(String name, Function<H3Client, Stream> step) {
        return argumentSet(name, step);
    }
}
