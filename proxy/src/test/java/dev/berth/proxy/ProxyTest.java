package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Route;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the wire wants CR LF
class ProxyTest {
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
    void get_clientClaimsToBeAnother_backendIsToldTheTruth() {
        try (TestBackend _ = serving(TestBackend.echo())) {
            Response response =
                    get(
                            "/a?b=c",
                            "X-Forwarded-For: 203.0.113.9",
                            "X-Forwarded-Proto: https",
                            "X-Forwarded-Host: evil.test",
                            "X-Forwarded-Port: 443",
                            "Forwarded: for=203.0.113.9",
                            "X-Real-IP: 203.0.113.9",
                            "X-Request-Id: mine",
                            "X_Forwarded_For: 203.0.113.9",
                            "X-Kept: caf\u00e9");

            String head = response.body();
            assertThat(head).startsWith("GET /a?b=c HTTP/1.1\r\nHost: a.test\r\n");
            assertThat(Conversation.field(head, "x-forwarded-for")).isEqualTo("127.0.0.1");
            assertThat(Conversation.field(head, "x-real-ip")).isEqualTo("127.0.0.1");
            assertThat(Conversation.field(head, "x-forwarded-proto")).isEqualTo("http");
            assertThat(Conversation.field(head, "x-forwarded-host")).isEqualTo("a.test");
            assertThat(Conversation.field(head, "x-forwarded-port"))
                    .isEqualTo(Integer.toString(edge.port()));
            assertThat(Conversation.field(head, "x-request-id"))
                    .hasSize(32)
                    .isEqualTo(response.field("x-request-id"));
            assertThat(Conversation.field(head, "x-kept")).isEqualTo("caf\u00e9");
            assertThat(head).doesNotContain("evil", "203.0.113.9", "mine", "X_Forwarded");
        }
    }

    @Test
    void get_hopByHopFields_areDroppedAndProtectedOnesAreNot() {
        try (TestBackend _ = serving(TestBackend.echo())) {
            String body =
                    "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n"
                            + "Connection: X-Hop, Content-Length, Host, Authorization\r\n"
                            + "X-Hop: 1\r\nAuthorization: Bearer b\r\nKeep-Alive: timeout=5\r\n"
                            + "Proxy-Connection: keep-alive\r\nTE: trailers\r\n"
                            + "Proxy-Authorization: Basic x\r\nUpgrade: h2c\r\n"
                            + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\nhello";

            String head = RawClient.exchange(edge.port(), body).body();

            assertThat(head)
                    .contains("Host: a.test", "Authorization: Bearer b")
                    .endsWith("hello")
                    .doesNotContainIgnoringCase(
                            "x-hop",
                            "keep-alive",
                            "\r\nte:",
                            "proxy-auth",
                            "upgrade",
                            "http2",
                            "\r\nconnection:");
            assertThat(Conversation.field(head, "content-length")).isEqualTo("5");
        }
    }

    @Test
    void response_hopByHopFields_areDropped() {
        try (TestBackend _ =
                serving(
                        answering(
                                "HTTP/1.1 200 Fine By Me\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                                        + "Keep-Alive: timeout=9\r\nContent-Length: 2\r\n"
                                        + "X-Raw: \u00fc\r\n\r\nok"))) {
            Response response = get("/");

            assertThat(response.head()).startsWith("HTTP/1.1 200 Fine By Me\r\n");
            assertThat(response.field("x-hop")).isNull();
            assertThat(response.field("keep-alive")).isNull();
            assertThat(response.field("connection")).isNull();
            assertThat(response.field("x-raw")).isEqualTo("\u00fc");
            assertThat(response.body()).isEqualTo("ok");
        }
    }

    @Test
    void request_manyOnOneConnection_shareOneBackendConnection() {
        try (TestBackend backend = serving(TestBackend.echo());
                RawClient client = RawClient.connect(edge.port())) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(request("/" + i)).response().body())
                        .startsWith("GET /" + i + " ");
            }
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void request_pipelined_isAnsweredInOrder() {
        TestBackend slowFirst =
                TestBackend.start(
                        (conversation, backend) -> {
                            for (String head = backend.next(conversation);
                                    head != null;
                                    head = backend.next(conversation)) {
                                if (head.startsWith("GET /0 ")) {
                                    Thread.sleep(100);
                                }
                                conversation.send(TestBackend.ok(head.substring(4, 6)));
                            }
                        });
        try (TestBackend _ = serving(slowFirst);
                RawClient client = RawClient.connect(edge.port())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                requests.append(request("/" + i));
            }
            client.send(requests.toString());

            for (int i = 0; i < 10; i++) {
                assertThat(client.response().body()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void request_thousandsPipelinedToAnUnknownHost_areAllAnswered() {
        try (RawClient client = RawClient.connect(edge.port())) {
            String many = "GET / HTTP/1.1\r\nHost: x.test\r\n\r\n".repeat(5000);
            Thread.ofVirtual().start(() -> client.send(many));

            for (int i = 0; i < 5000; i++) {
                assertThat(client.response().status()).isEqualTo(404);
            }
        }
    }

    @Test
    void request_inManySmallPieces_isRead() throws InterruptedException {
        try (TestBackend _ = serving(TestBackend.echo());
                RawClient client = RawClient.connect(edge.port())) {
            String request =
                    "POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "3\r\nabc\r\n0\r\n\r\n";
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
                Thread.onSpinWait();
            }

            String[] arrived = client.response().body().split("\r\n\r\n", 2);
            assertThat(arrived[0]).startsWith("POST /x ");
            assertThat(dechunked(arrived[1])).isEqualTo("abc");
        }
    }

    /** How many bytes a chunk has depends on how they arrived (RFC 9112 section 7.1). */
    private static String dechunked(String body) {
        StringBuilder data = new StringBuilder();
        int at = 0;
        while (true) {
            int line = body.indexOf("\r\n", at);
            int length = Integer.parseInt(body.substring(at, line), 16);
            if (length == 0) {
                assertThat(body.substring(line)).isEqualTo("\r\n\r\n");
                return data.toString();
            }
            data.append(body, line + 2, line + 2 + length);
            at = line + 2 + length + 2;
        }
    }

    @Test
    void request_trailers_areForwardedButForDangerousOnes() {
        try (TestBackend _ = serving(TestBackend.echo())) {
            Response response =
                    RawClient.exchange(
                            edge.port(),
                            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "2\r\nab\r\n0\r\nX-Sum: 7\r\nHost: evil.test\r\n"
                                    + "Authorization: x\r\n\r\n");

            assertThat(response.body())
                    .endsWith("2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n")
                    .doesNotContain("evil");
        }
    }

    @Test
    void response_chunkedWithTrailers_isForwarded() {
        try (TestBackend _ =
                serving(
                        answering(
                                "HTTP/1.1 200 OK\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "5\r\n"
                                        + "hello\r\n"
                                        + "0\r\n"
                                        + "X-Sum: 7\r\n"
                                        + "Set-Cookie: x\r\n\r\n"))) {
            Response response = get("/");

            assertThat(response.field("transfer-encoding")).isEqualTo("chunked");
            assertThat(response.body()).isEqualTo("5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n");
        }
    }

    @Test
    void response_endedByClose_becomesChunked() {
        try (TestBackend _ = serving(closingAfter("HTTP/1.0 200 OK\r\n\r\nhello"))) {
            Response response = get("/");

            assertThat(response.head()).startsWith("HTTP/1.1 200");
            assertThat(response.body()).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
        }
    }

    @Test
    void response_toHttp10ClientWithoutLength_endsByClose() {
        try (TestBackend _ =
                        serving(
                                answering(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                + "5\r\nhello\r\n0\r\n\r\n"));
                RawClient client = RawClient.connect(edge.port())) {
            client.send("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n");

            assertThat(client.rest())
                    .contains("connection: close")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .endsWith("\r\n\r\nhello");
        }
    }

    @Test
    void response_toHttp10ClientThatKeepsAlive_keepsTheConnection() {
        try (TestBackend _ = serving(TestBackend.echo());
                RawClient client = RawClient.connect(edge.port())) {
            String request = "GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n";

            assertThat(client.send(request).response().field("connection")).isEqualTo("keep-alive");
            assertThat(client.send(request).response().body()).startsWith("GET / HTTP/1.1\r\n");
        }
    }

    @Test
    void response_toHead_hasFieldsAndNoBody() {
        try (TestBackend backend =
                        serving(answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
                RawClient client = RawClient.connect(edge.port())) {
            for (int i = 0; i < 2; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
                Response response = client.response(false);

                assertThat(response.field("content-length")).isEqualTo("1000");
            }
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void response_withoutBody_keepsBothConnections() {
        try (TestBackend backend =
                        serving(
                                answering(
                                        "HTTP/1.1 204 No Content\r\n\r\n",
                                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                                        TestBackend.ok("end")));
                RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send(request("/")).response().head())
                    .startsWith("HTTP/1.1 204")
                    .doesNotContainIgnoringCase("content-length", "transfer-encoding");
            assertThat(client.send(request("/")).response().field("content-length")).isEqualTo("9");
            assertThat(client.send(request("/")).response().body()).isEqualTo("end");
            assertThat(backend.connections()).isEqualTo(1);
        }
    }

    @Test
    void response_moreThanAsked_isNotGivenToTheNextRequest() {
        try (TestBackend backend =
                        serving(
                                TestBackend.start(
                                        (conversation, self) -> {
                                            self.next(conversation);
                                            conversation.send(
                                                    TestBackend.ok("mine")
                                                            + TestBackend.ok("planted"));
                                            conversation.readAll();
                                        }));
                RawClient client = RawClient.connect(edge.port())) {
            client.send(request("/1") + request("/2"));

            assertThat(client.response().body()).isEqualTo("mine");
            assertThat(client.response().body()).isEqualTo("mine");
            assertThat(backend.connections()).isEqualTo(2);
        }
    }

    @Test
    void response_notHttp_is502() {
        for (String nonsense :
                List.of(
                        "nonsense\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                        "HTTP/1.1 200 OK\r\n"
                                + "Content-Length: 5\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nX-A: b\u0000\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")) {
            try (TestBackend _ = serving(answering(nonsense))) {
                Response response = get("/", "Accept: text/html");

                assertThat(response.status()).as(nonsense).isEqualTo(502);
                assertThat(response.field("proxy-status"))
                        .isEqualTo("berth; error=http_protocol_error");
                assertThat(response.field("content-type")).startsWith("text/html");
                assertThat(response.body()).contains(response.field("x-request-id"));
            }
        }
    }

    @Test
    void response_closedBeforeItsEnd_isCutTowardsTheClient() {
        try (TestBackend _ =
                serving(closingAfter("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"))) {
            try (RawClient client = RawClient.connect(edge.port())) {
                assertThat(client.send(request("/")).rest()).endsWith("\r\n\r\nhello");
            }
        }
        try (TestBackend _ =
                serving(
                        closingAfter(
                                "HTTP/1.1 200 OK\r\n"
                                        + "Transfer-Encoding: chunked\r\n\r\n"
                                        + "5\r\n"
                                        + "hello"))) {
            try (RawClient client = RawClient.connect(edge.port())) {
                assertThat(client.send(request("/")).rest())
                        .endsWith("5\r\nhello\r\n")
                        .doesNotContain("0\r\n\r\n");
            }
        }
    }

    @Test
    void response_beforeTheRequestIsComplete_isForwardedAndEndsTheConnection() {
        try (TestBackend _ =
                        serving(
                                TestBackend.start(
                                        (conversation, self) -> {
                                            self.next(conversation);
                                            conversation.send(
                                                    "HTTP/1.1 413 Too Large\r\nContent-Length:"
                                                            + " 2\r\n\r\nno");
                                            conversation.readAll();
                                        }));
                RawClient client = RawClient.connect(edge.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nab");

            assertThat(client.response().status()).isEqualTo(413);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void request_clientGoesAway_backendConnectionIsClosed() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        try (TestBackend backend =
                serving(
                        TestBackend.start(
                                (conversation, self) -> {
                                    self.next(conversation);
                                    conversation.readAll();
                                    closed.countDown();
                                }))) {
            try (RawClient client = RawClient.connect(edge.port())) {
                client.send(request("/"));
                await().until(() -> !backend.heads().isEmpty());
                assertThat(edge.edge().inFlight()).hasSize(1);
            }

            closed.await();
            await().until(() -> edge.edge().inFlight().isEmpty());
            await().until(
                            () ->
                                    edge.accessLog().stream()
                                            .anyMatch(
                                                    line ->
                                                            line.contains("\"status\":499")
                                                                    && line.contains(
                                                                            "client gone")));
        }
    }

    @Test
    void request_pathPrefixes_longestWholeSegmentsWin() {
        try (TestBackend root = TestBackend.saying("root");
                TestBackend api = TestBackend.saying("api");
                TestBackend v2 = TestBackend.saying("v2")) {
            edge.serve(
                    Routes.proxy("a.test", root.address()),
                    Routes.proxyAt("a.test", "/api", api.address()),
                    Routes.proxyAt("a.test", "/api/v2", v2.address()));

            assertThat(get("/").body()).isEqualTo("root");
            assertThat(get("/apiary").body()).isEqualTo("root");
            assertThat(get("/api").body()).isEqualTo("api");
            assertThat(get("/api?x").body()).isEqualTo("api");
            assertThat(get("/api/v2/x").body()).isEqualTo("v2");
            assertThat(get("/x/../%61pi/./v2").body()).isEqualTo("v2");
            assertThat(get("/api/v2/%2e%2e/x").body()).isEqualTo("api");
        }
    }

    @Test
    void request_redirectRoute_is308ToTheSamePlace() {
        edge.serve(Routes.route("old.test", "/", new Route.Redirect("new.test")));

        Response response = RawClient.get(edge.port(), "old.test:8080", "/a/../b?c=d%20e");

        assertThat(response.status()).isEqualTo(308);
        assertThat(response.field("location")).isEqualTo("http://new.test:8080/a/../b?c=d%20e");
    }

    @Test
    void request_unavailable_is503WithTheReason() {
        edge.serve(
                Routes.route("a.test", "/", new Route.Unavailable("the app is suspended")),
                Routes.proxy("b.test"));

        Response suspended = get("/", "Accept: application/json");
        Response empty = RawClient.get(edge.port(), "b.test", "/");

        assertThat(suspended.status()).isEqualTo(503);
        assertThat(suspended.field("retry-after")).isNotNull();
        assertThat(suspended.field("content-type")).isEqualTo("application/problem+json");
        assertThat(suspended.body()).contains("The app is suspended.");
        assertThat(empty.status()).isEqualTo(503);
        assertThat(empty.field("content-type")).startsWith("text/plain");
    }

    @Test
    void request_overIpv6_isServed() throws Exception {
        try (TestBackend _ = serving(TestBackend.echo());
                Socket socket = new Socket(NetUtil.LOCALHOST6, edge.port())) {
            assertThat(socket.getInetAddress()).isInstanceOf(Inet6Address.class);
            Conversation conversation = new Conversation(socket).send(request("/"));
            String head = String.valueOf(conversation.readHead());

            assertThat(Conversation.field(conversation.readBody(head), "x-forwarded-for"))
                    .isEqualTo("::1");
        }
    }

    @Test
    void request_ended_isLoggedOnce() {
        try (TestBackend backend = serving(TestBackend.echo())) {
            Response response =
                    RawClient.exchange(
                            edge.port(),
                            "POST /logged?q=1 HTTP/1.1\r\nHost: A.test:80\r\nContent-Length: 5\r\n"
                                    + "User-Agent: \"x\"\r\nReferer: http://r/\r\n\r\nhello");

            String id = String.valueOf(response.field("x-request-id"));
            await().until(() -> edge.accessLog().stream().anyMatch(line -> line.contains(id)));
            assertThat(edge.accessLog().stream().filter(line -> line.contains(id)))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"client\":\"127.0.0.1\"",
                            "\"host\":\"a.test\"",
                            "\"app\":\"a\"",
                            "\"method\":\"POST\"",
                            "\"target\":\"/logged?q=1\"",
                            "\"status\":200",
                            "\"bytesIn\":5",
                            "\"bytesOut\":" + response.body().length(),
                            "\"upstream\":\"" + backend.address() + "\"",
                            "\"userAgent\":\"\\\"x\\\"\"",
                            "\"referer\":\"http://r/\"",
                            "\"ended\":\"complete\"");
        }
    }

    private static TestBackend serving(TestBackend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }

    /** Answers one request after the other with these, and stays connected. */
    private static TestBackend answering(String... answers) {
        return TestBackend.start(
                (conversation, backend) -> {
                    for (int i = 0; ; i++) {
                        String head = backend.next(conversation);
                        if (head == null) {
                            return;
                        }
                        conversation.readBody(head);
                        conversation.send(answers[Math.min(i, answers.length - 1)]);
                    }
                });
    }

    private static TestBackend closingAfter(String answer) {
        return TestBackend.start(
                (conversation, backend) -> {
                    backend.next(conversation);
                    conversation.send(answer);
                });
    }

    private static Response get(String path, String... fields) {
        return RawClient.get(edge.port(), "a.test", path, fields);
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
    }
}
