package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static dev.berth.proxy.testing.H2Client.GOAWAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Answer;
import dev.berth.proxy.testing.H2Client.Frame;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that no honest client of HTTP/2 sends, and those that only look like it. */
class Http2AttackTest {
    private static final int PROTOCOL_ERROR = 1;

    private static TestEdge edge;
    private static TestBackend backend;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
        backend = TestBackend.echo();
        edge.serve(Routes.proxy("a.test", backend.address()));
    }

    @AfterAll
    static void stop() {
        edge.close();
        backend.close();
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                head("upper-case name", "X-A", "b"),
                head("space in name", "x a", "b"),
                head("colon in name", "x:a", "b"),
                head("empty name", "", "b"),
                head("NUL in name", "x\0", "b"),
                head("byte above ASCII in name", "x\u00e9", "b"),
                head("CRLF in value", "x-a", "b\r\nx-b: c"),
                head("CR in value", "x-a", "b\rc"),
                head("LF in value", "x-a", "b\nc"),
                head("NUL in value", "x-a", "b\0c"),
                head("DEL in value", "x-a", "b\u007fc"),
                head("space before value", "x-a", " b"),
                head("tab after value", "x-a", "b\t"),
                head("connection", "connection", "close"),
                head("connection nominates", "connection", "host"),
                head("keep-alive", "keep-alive", "timeout=5"),
                head("proxy-connection", "proxy-connection", "close"),
                head("transfer-encoding", "transfer-encoding", "chunked"),
                head("upgrade", "upgrade", "h2c"),
                head("http2-settings", "http2-settings", "AAMAAABk"),
                head("te", "te", "gzip"),
                head("te list", "te", "trailers, gzip"),
                head("pseudo-header after a field", "x-a", "b", ":authority", "a.test"),
                head("unknown pseudo-header", ":foo", "b"),
                head("protocol without CONNECT", ":protocol", "websocket"),
                head("host differs", "host", "b.test"),
                head("host with other port", "host", "a.test:81"),
                head("two hosts", "host", "a.test", "host", "a.test"),
                head("two lengths", "content-length", "0", "content-length", "5"),
                head("length list", "content-length", "0, 5"),
                head("length with sign", "content-length", "+0"),
                head("negative length", "content-length", "-1"),
                head("length overflow", "content-length", "18446744073709551616"),
                head("length in hex", "content-length", "0x0"),
                head("length without body", "content-length", "5"),
                raw("no method", ":scheme", "http", ":path", "/", ":authority", "a.test"),
                raw("no scheme", ":method", "GET", ":path", "/", ":authority", "a.test"),
                raw("no path", ":method", "GET", ":scheme", "http", ":authority", "a.test"),
                raw("no authority", ":method", "GET", ":scheme", "http", ":path", "/"),
                raw(
                        "empty path",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "",
                        ":authority",
                        "a.test"),
                raw(
                        "space in path",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/ HTTP/1.1",
                        ":authority",
                        "a.test"),
                raw(
                        "space in method",
                        ":method",
                        "GET /x",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        ":authority",
                        "a.test"),
                raw(
                        "empty method",
                        ":method",
                        "",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        ":authority",
                        "a.test"),
                raw(
                        "empty authority",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        ":authority",
                        ""),
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
                        "http",
                        ":path",
                        "/",
                        ":authority",
                        "a.test",
                        ":status",
                        "200"),
                raw(
                        "method twice",
                        ":method",
                        "GET",
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        ":authority",
                        "a.test"),
                raw(
                        "path twice",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        ":path",
                        "/x",
                        ":authority",
                        "a.test"),
                raw(
                        "CONNECT with path",
                        ":method",
                        "CONNECT",
                        ":path",
                        "/",
                        ":authority",
                        "a.test"),
                body(
                        "less than said",
                        client -> client.data(1, 0, "hell").data(1, END_STREAM, ""),
                        "content-length",
                        "5"),
                body(
                        "more than said",
                        client -> client.data(1, 0, "hello").data(1, END_STREAM, "!"),
                        "content-length",
                        "5"),
                body(
                        "trailers before the length is reached",
                        client -> client.data(1, 0, "hell").headers(1, END_STREAM, "x-a", "b"),
                        "content-length",
                        "5"),
                body(
                        "trailers that are not the end",
                        client -> client.data(1, 0, "hello").headers(1, 0, "x-a", "b")),
                body(
                        "pseudo-header in trailers",
                        client -> client.data(1, 0, "hello").headers(1, END_STREAM, ":path", "/")),
                body(
                        "framing in trailers",
                        client ->
                                client.data(1, 0, "hello")
                                        .headers(1, END_STREAM, "transfer-encoding", "chunked")),
                body(
                        "line break in trailers",
                        client ->
                                client.data(1, 0, "hello")
                                        .headers(1, END_STREAM, "x-a", "b\r\n\r\nGET / HTTP/1.1")));
    }

    /** It may be answered before what is behind it comes: that is dropped or ends the stream. */
    @Test
    void body_behindALengthOfZero_isNoRequest() throws Exception {
        try (H2Client client = H2Client.connect(edge.port())) {
            client.request(1, 0, "POST", "/", "content-length", "0")
                    .data(1, END_STREAM, "GET /hidden HTTP/1.1\r\nHost: a.test\r\n\r\n");
            client.answer(1);
            client.get(3, "/");
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
        assertThat(backend.heads()).noneMatch(head -> head.contains("/hidden"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(Consumer<H2Client> request) throws Exception {
        int before = backend.heads().size();
        try (H2Client client = H2Client.connect(edge.port())) {
            request.accept(client);
            Answer answer = client.answer(1);

            assertThat(answer.ended()).isFalse();
            assertThat(answer.heads()).isEmpty();
            assertThat(answer.reset()).isEqualTo(PROTOCOL_ERROR);
            client.get(3, "/");
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
        // A body that goes wrong may have been begun, but it is never finished.
        List<String> arrived = backend.heads().subList(before, backend.heads().size());
        assertThat(arrived).hasSizeBetween(1, 2).noneMatch(head -> head.contains("/x "));
        assertThat(arrived).filteredOn(head -> head.startsWith("GET / HTTP/1.1")).hasSize(1);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("asterisk with GET", 400, "GET", "*", "a.test"),
                refused("fragment", 400, "GET", "/a#b", "a.test"),
                refused("raw byte in path", 400, "GET", "/\u00e9", "a.test"),
                refused("host with user", 400, "GET", "/", "u@a.test"),
                refused("host with path", 400, "GET", "/", "a.test/x"),
                refused("host with space", 400, "GET", "/", "a b"),
                refused("host with bad port", 400, "GET", "/", "a.test:x"),
                refused("unknown host", 404, "GET", "/", "b.test"),
                refused("TRACE", 405, "TRACE", "/", "a.test"),
                refused("long path", 414, "GET", "/" + "a".repeat(16_500), "a.test"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(int status, String method, String path, String host) {
        int before = backend.heads().size();
        try (H2Client client = H2Client.connect(edge.port())) {
            byte[] block =
                    H2Client.block(
                            ":method",
                            method,
                            ":scheme",
                            "http",
                            ":authority",
                            host,
                            ":path",
                            path);
            int first = Math.min(block.length, 16_000);
            client.frame(H2Client.HEADERS, END_STREAM, 1, Arrays.copyOf(block, first));
            client.frame(
                    H2Client.CONTINUATION,
                    H2Client.END_HEADERS,
                    1,
                    Arrays.copyOfRange(block, first, block.length));
            Answer answer = client.answer(1);

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.field("x-request-id")).hasSize(32);
            assertThat(answer.field("proxy-status")).startsWith("berth; error=");
        }
        assertThat(backend.heads()).hasSize(before);
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                argumentSet("plain", "GET", new String[0]),
                argumentSet("host beside authority", "GET", new String[] {"host", "A.test"}),
                argumentSet("te trailers", "GET", new String[] {"te", "trailers"}),
                argumentSet("length of nothing", "POST", new String[] {"content-length", "0"}),
                argumentSet(
                        "equal lengths",
                        "POST",
                        new String[] {"content-length", "0", "content-length", "0"}),
                argumentSet("no length", "POST", new String[0]),
                argumentSet("empty value", "GET", new String[] {"x-a", ""}),
                argumentSet("tab in value", "GET", new String[] {"x-a", "b\tc"}),
                argumentSet("underscore", "GET", new String[] {"x_forwarded_for", "1.2.3.4"}),
                argumentSet(
                        "own forwarded fields",
                        "GET",
                        new String[] {"x-forwarded-for", "1.2.3.4", "forwarded", "for=1.2.3.4"}));
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String method, String[] fields) {
        try (H2Client client = H2Client.connect(edge.port())) {
            Answer answer = client.request(1, END_STREAM, method, "/", fields).answer(1);

            assertThat(answer.status()).isEqualTo(200);
            String head = answer.body().split("\r\n\r\n", 2)[0];
            assertThat(count(head, "host")).isEqualTo(1);
            assertThat(count(head, "content-length") + count(head, "transfer-encoding"))
                    .isEqualTo(method.equals("POST") ? 1 : 0);
            assertThat(head).doesNotContain("1.2.3.4");
            assertThat(Conversation.field(head, "host")).isEqualToIgnoringCase("a.test");
        }
    }

    @FunctionalInterface
    interface Step {
        void send(H2Client client, int i);
    }

    static Stream<Arguments> flood() {
        byte[] nothing = new byte[0];
        return Stream.of(
                flood(
                        "rapid reset",
                        500,
                        (client, i) -> client.get(2 * i + 1, "/").reset(2 * i + 1, 8)),
                flood(
                        "resets that we have to send",
                        500,
                        (client, i) ->
                                client.request(2 * i + 1, 0, "POST", "/").window(2 * i + 1, 0)),
                flood(
                        "malformed requests",
                        1000,
                        (client, i) -> client.get(2 * i + 1, "/", "connection", "close")),
                flood(
                        "CONTINUATION",
                        1000,
                        (client, i) -> client.frame(i == 0 ? 1 : 9, 0, 1, new byte[50])),
                flood(
                        "empty CONTINUATION",
                        1000,
                        (client, i) -> client.frame(i == 0 ? 1 : 9, 0, 1, nothing)),
                flood(
                        "empty DATA",
                        1000,
                        (client, i) -> {
                            if (i == 0) {
                                client.request(1, 0, "POST", "/");
                            }
                            client.frame(0, 0, 1, nothing);
                        }),
                flood("PING", 1000, (client, i) -> client.frame(6, 0, 0, new byte[8])),
                flood("SETTINGS", 1000, (client, i) -> client.setting(4, 65_535 + i)),
                flood("empty SETTINGS", 1000, (client, i) -> client.frame(4, 0, 0, nothing)),
                flood(
                        "PRIORITY",
                        1000,
                        (client, i) -> client.frame(2, 0, 2 * i + 1, 0, 0, 0, 0, 16)),
                flood("WINDOW_UPDATE", 1000, (client, i) -> client.window(0, 1)),
                flood("unknown frames", 1000, (client, i) -> client.frame(0xbb, 0, 0, nothing)),
                flood("header bomb", 1000, Http2AttackTest::bomb));
    }

    /** A field of 3900 bytes is put into the table once and then named a hundred times a head. */
    private static void bomb(H2Client client, int i) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        if (i == 0) {
            block.writeBytes(new byte[] {0x40, 1, 'x', 127, (byte) 0xbd, 29});
            block.writeBytes(new byte[3900]);
        }
        for (int n = 0; n < 100; n++) {
            block.write(0xbe);
        }
        client.frame(1, END_STREAM | H2Client.END_HEADERS, 2 * i + 1, block.toByteArray());
    }

    /**
     * Ends in GOAWAY within the 1000 frames that are sent at most, a polite client beside it
     * notices nothing, and it leaves nothing in memory.
     */
    @ParameterizedTest
    @MethodSource
    void flood(int steps, Step step) throws Exception {
        Polite polite = new Polite(edge.port());
        Thread beside = Thread.ofVirtual().start(polite);
        await().until(() -> polite.statuses.size() >= 5);
        long before = directMemory();
        try (H2Client client = H2Client.connect(edge.port())) {
            Thread flooding = Thread.ofVirtual().start(() -> flood(client, steps, step));
            Frame goAway = client.next(GOAWAY);
            assertThat(goAway == null ? -1 : goAway.number(4)).as("GOAWAY").isPositive();
            while (client.next() != null) {
                // what was on its way
            }
            flooding.join();
        }
        int meanwhile = polite.statuses.size();
        await().until(() -> polite.statuses.size() >= meanwhile + 5 || !beside.isAlive());
        polite.over = true;
        beside.join();

        assertThat(polite.statuses).hasSizeGreaterThan(9).containsOnly(200);
        assertThat(directMemory() - before).isLessThan(16 << 20);
        await().until(() -> edge.edge().inFlight().isEmpty());
    }

    private static void flood(H2Client client, int steps, Step step) {
        try {
            for (int i = 0; i < steps; i++) {
                step.send(client, i);
            }
        } catch (UncheckedIOException e) {
            // closed on us, as it should be
        }
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Asks one thing after the other, on one connection until it has served many. */
    private static final class Polite implements Runnable {
        private final int port;
        private final List<Integer> statuses = new CopyOnWriteArrayList<>();
        private volatile boolean over;

        Polite(int port) {
            this.port = port;
        }

        @Override
        public void run() {
            while (!over) {
                try (H2Client client = H2Client.connect(port)) {
                    for (int stream = 1; stream < 200 && !over; stream += 2) {
                        statuses.add(client.get(stream, "/").answer(stream).status());
                    }
                } catch (RuntimeException e) {
                    statuses.add(-1);
                }
            }
        }
    }

    private static Arguments head(String name, String... fields) {
        return argumentSet(name, (Consumer<H2Client>) client -> client.get(1, "/", fields));
    }

    private static Arguments raw(String name, String... fields) {
        return argumentSet(
                name, (Consumer<H2Client>) client -> client.headers(1, END_STREAM, fields));
    }

    private static Arguments body(String name, Consumer<H2Client> rest, String... fields) {
        return argumentSet(
                name,
                (Consumer<H2Client>)
                        client -> {
                            client.request(1, 0, "POST", "/", fields);
                            rest.accept(client);
                        });
    }

    private static Arguments refused(
            String name, int status, String method, String path, String host) {
        return argumentSet(name, status, method, path, host);
    }

    private static Arguments flood(String name, int steps, Step step) {
        return argumentSet(name, steps, step);
    }

    private static int count(String head, String name) {
        return (int)
                head.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                        .count();
    }
}
