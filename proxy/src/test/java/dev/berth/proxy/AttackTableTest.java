package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.io.IOException;
import java.util.Locale;
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

    private static TestBackend backend;
    private static TestEdge edge;

    @BeforeAll
    static void start() {
        backend = TestBackend.echo();
        edge = TestEdge.start().serve(Routes.proxy("a.test", backend.address()));
    }

    @AfterAll
    static void stop() {
        edge.close();
        backend.close();
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

        try (RawClient client = RawClient.connect(edge.port())) {
            client.send(request + FOLLOWER);
            RawClient.Response response = client.response();

            assertThat(response.status()).isEqualTo(status);
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(response.field("x-request-id")).hasSize(32);
            assertThat(response.body()).contains(response.field("x-request-id"));
            assertThat(response.field("proxy-status")).startsWith("berth; error=");
            assertThat(client.rest()).isEmpty();
        }
        assertThat(backend.heads()).hasSize(before);
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
                accepted("unknown method", "BREW / HTTP/1.1\r\n" + HOST + "\r\n", "BREW /"));
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String request, String startsWith) throws IOException {
        try (RawClient client = RawClient.connect(edge.port())) {
            RawClient.Response response = client.send(request).response();

            assertThat(response.status()).isEqualTo(200);
            String[] echoed = response.body().split("\r\n\r\n", 2);
            assertThat(echoed[0]).startsWith(startsWith);
            assertThat(count(echoed[0], "host")).isEqualTo(1);
            int framing =
                    count(echoed[0], "content-length") + count(echoed[0], "transfer-encoding");
            assertThat(framing).isEqualTo(request.startsWith("POST") ? 1 : 0);
            assertThat(Conversation.field(echoed[0], "host")).containsIgnoringCase("a.test");
        }
    }

    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

    private static int count(String head, String name) {
        return (int)
                head.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                        .count();
    }

    private static Arguments refused(String name, int status, String request) {
        return argumentSet(name, status, request);
    }

    private static Arguments accepted(String name, String request, String startsWith) {
        return argumentSet(name, request, startsWith);
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
