package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final int LARGE = 3_000_000;

    private static TestBackend echo;

    @BeforeAll
    static void start() {
        echo = TestBackend.echo();
    }

    @AfterAll
    static void stop() {
        echo.close();
    }

    @Test
    void http1_noCertificateYet_isServedWithTheDefaultOne() throws IOException {
        try (TestEdge edge = serving();
                SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
            Conversation client = new Conversation(socket);
            assertThat(TlsClient.shown(socket)).contains("localhost");
            for (int i = 0; i < 3; i++) {
                String answer = get(client, "a.test", "/");
                assertThat(answer)
                        .contains("X-Forwarded-Proto: https")
                        .contains("X-Forwarded-Port: " + edge.httpsPort());
            }
        }
    }

    @Test
    void tls12_isServed() throws IOException {
        try (TestEdge edge = serving();
                SSLSocket socket = new TlsClient("TLSv1.2").connect(edge.httpsPort(), "a.test")) {
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(get(new Conversation(socket), "a.test", "/")).contains("GET / ");
        }
    }

    @Test
    void http2_byAlpn_isServed() throws IOException {
        try (TestEdge edge = serving();
                SSLSocket socket =
                        new TlsClient().connect(edge.httpsPort(), "a.test", "h2", "http/1.1")) {
            assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            H2Client client = H2Client.over(socket);
            H2Client.Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("X-Forwarded-Proto: https");
        }
    }

    @Test
    void jdkClient_manyStreamsOfOneConnection_areAllAnswered() throws Exception {
        try (TestEdge edge = TestEdge.start();
                HttpClient client =
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_2)
                                .sslContext(TlsClient.trusting())
                                .build()) {
            edge.serve(Routes.proxy("127.0.0.1", echo.address()));
            URI uri = URI.create("https://127.0.0.1:" + edge.httpsPort() + "/");
            List<CompletableFuture<HttpResponse<String>>> all =
                    IntStream.range(0, 60)
                            .mapToObj(i -> HttpRequest.BodyPublishers.ofString("body " + i))
                            .map(body -> HttpRequest.newBuilder(uri).POST(body).build())
                            .map(r -> client.sendAsync(r, HttpResponse.BodyHandlers.ofString()))
                            .toList();
            for (int i = 0; i < all.size(); i++) {
                HttpResponse<String> response = all.get(i).get(20, TimeUnit.SECONDS);
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.body()).endsWith("body " + i);
            }
        }
    }

    @Test
    void certificates_byName_exactThenWildcardThenDefault() throws IOException {
        Certificate exact = TestCertificates.of("a.test", "www.a.test");
        Certificate wildcard = TestCertificates.of("*.b.test");
        try (TestEdge edge = TestEdge.start()) {
            edge.serve(List.of(exact, wildcard), Routes.proxy("a.test", echo.address()));

            assertThat(shown(edge, "a.test")).contains("www.a.test");
            assertThat(shown(edge, "www.a.test")).contains("www.a.test");
            assertThat(shown(edge, "x.b.test")).contains("*.b.test");
            assertThat(shown(edge, "x.y.b.test")).contains("localhost");
            assertThat(shown(edge, "b.test")).contains("localhost");
            assertThat(shown(edge, null)).contains("localhost");
        }
    }

    @Test
    void certificates_replaced_newConnectionsGetTheNewOneAndOldOnesLive() throws IOException {
        Certificate first = TestCertificates.of("a.test", "first.test");
        Certificate second = TestCertificates.of("a.test", "second.test");
        try (TestEdge edge = TestEdge.start()) {
            Route route = Routes.proxy("a.test", echo.address());
            edge.serve(List.of(first), route);
            try (SSLSocket old = new TlsClient().connect(edge.httpsPort(), "a.test")) {
                assertThat(TlsClient.shown(old)).contains("first.test");
                edge.serve(List.of(second), route);

                assertThat(shown(edge, "a.test")).contains("second.test");
                assertThat(get(new Conversation(old), "a.test", "/")).contains("GET / ");
            }
            edge.serve(route);
            assertThat(shown(edge, "a.test")).contains("localhost");
        }
    }

    @Test
    void certificate_thatIsNone_isReplacedByTheDefault() throws IOException {
        Certificate broken = new Certificate(List.of("a.test"), "nothing", "nothing");
        try (TestEdge edge = TestEdge.start()) {
            edge.serve(List.of(broken), Routes.proxy("a.test", echo.address()));

            assertThat(shown(edge, "a.test")).contains("localhost");
        }
    }

    @Test
    void keys_onDisk_areForTheOwnerOnly(@TempDir Path home) throws IOException {
        try (TestEdge edge =
                TestEdge.start(home, URI.create("http://127.0.0.1:9"), Timeouts.DEFAULT)) {
            assertThat(shown(edge, "a.test")).contains("localhost");
        }
        for (String file : List.of("default.pem", "tickets")) {
            Path path = home.resolve("edge").resolve("tls").resolve(file);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(file)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void sessions_restartedEdge_areResumed(@TempDir Path home) throws Exception {
        TlsClient client = new TlsClient("TLSv1.2");
        int port;
        long created;
        byte[] certificate;
        try (TestEdge edge = TestEdge.startTls(home, 0);
                SSLSocket socket = client.connect(edge.httpsPort(), "a.test")) {
            port = edge.httpsPort();
            created = socket.getSession().getCreationTime();
            certificate = socket.getSession().getPeerCertificates()[0].getEncoded();
        }
        try (TestEdge _ = TestEdge.startTls(home, port);
                SSLSocket socket = client.connect(port, "a.test")) {
            assertThat(socket.getSession().getPeerCertificates()[0].getEncoded())
                    .isEqualTo(certificate);
            assertThat(socket.getSession().getCreationTime()).isEqualTo(created);
        }
    }

    @Test
    void host_otherThanTheHandshakes_is421() throws IOException {
        Certificate both = TestCertificates.of("a.test", "*.b.test");
        try (TestEdge edge = TestEdge.start()) {
            edge.serve(
                    List.of(both),
                    Routes.proxy("a.test", echo.address()),
                    Routes.proxy("x.b.test", echo.address()),
                    Routes.proxy("c.test", echo.address()));
            try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test", "h2")) {
                H2Client client = H2Client.over(socket);
                assertThat(client.get(1, "/").answer(1).status()).isEqualTo(200);
                assertThat(to(client, 3, "x.b.test")).isEqualTo(200);
                assertThat(to(client, 5, "c.test")).isEqualTo(421);
                assertThat(client.get(7, "/").answer(7).status()).isEqualTo(200);
            }
            try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
                assertThat(get(new Conversation(socket), "c.test", "/")).contains(" 421 ");
            }
            try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), null)) {
                assertThat(get(new Conversation(socket), "c.test", "/")).contains(" 200 ");
            }
        }
    }

    private static int to(H2Client client, int stream, String host) {
        return client.headers(
                        stream,
                        1,
                        ":method",
                        "GET",
                        ":scheme",
                        "https",
                        ":authority",
                        host,
                        ":path",
                        "/")
                .answer(stream)
                .status();
    }

    @Test
    void redirect_onlyWhereTheRouteAsks_andHstsOnlyOverTls() throws IOException {
        Policy strict =
                new PolicyOf()
                        .redirectHttps()
                        .header("Strict-Transport-Security", "max-age=31536000", false)
                        .build();
        Route.Target target = new Route.Proxy(List.of(echo.address()));
        try (TestEdge edge = TestEdge.start();
                SSLSocket socket = new TlsClient().connect(edge.httpsPort(), null)) {
            edge.serve(
                    new Route("a.test", "/", ResourceId.app("a"), "a", target, strict),
                    Routes.proxy("b.test", echo.address()));

            RawClient.Response direct = RawClient.get(edge.port(), "a.test:81", "/x?y");
            assertThat(direct.status()).isEqualTo(308);
            assertThat(direct.field("location"))
                    .isEqualTo("https://a.test:" + edge.httpsPort() + "/x?y");
            assertThat(direct.field("strict-transport-security")).isNull();
            assertThat(RawClient.get(edge.port(), "a.test", "/").field("location"))
                    .isEqualTo("https://a.test/");
            assertThat(RawClient.get(edge.port(), "b.test", "/").status()).isEqualTo(200);

            Conversation client = new Conversation(socket);
            assertThat(get(client, "a.test", "/"))
                    .contains(" 200 ")
                    .contains("Strict-Transport-Security: max-age=31536000");
            assertThat(get(client, "b.test", "/")).doesNotContain("Strict-Transport");
        }
    }

    @Test
    void file_large_comesWholeThroughTls(@TempDir Path site) throws IOException {
        String content = "0123456789".repeat(LARGE / 10);
        Files.writeString(site.resolve("large.txt"), content);
        try (TestEdge edge = TestEdge.start()) {
            edge.serve(Routes.route("a.test", "/", new Route.Files(site.toString(), false)));
            try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
                Conversation client = new Conversation(socket);
                for (int i = 0; i < 2; i++) {
                    assertThat(get(client, "a.test", "/large.txt")).endsWith(content);
                }
            }
            try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test", "h2")) {
                H2Client client = H2Client.over(socket).window(0, LARGE).setting(4, 1 << 20);
                H2Client.Answer answer = client.get(1, "/large.txt").window(1, LARGE).answer(1);
                assertThat(answer.body()).isEqualTo(content);
            }
        }
    }

    @Test
    void file_clientLeavesInTheMiddle_isLetGo(@TempDir Path site) throws IOException {
        Files.writeString(site.resolve("large.txt"), "0123456789".repeat(LARGE / 10));
        try (TestEdge edge = TestEdge.start()) {
            edge.serve(Routes.route("a.test", "/", new Route.Files(site.toString(), false)));
            try (H2Client client = H2Client.connect(edge.port())) {
                client.get(1, "/large.txt");
                assertThat(Objects.requireNonNull(client.next(H2Client.DATA)).stream()).isOne();
                client.reset(1, 8).get(3, "/large.txt");
                assertThat(Objects.requireNonNull(client.next(H2Client.HEADERS)).stream())
                        .isEqualTo(3);
            }
            try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
                new Conversation(socket)
                        .send("GET /large.txt HTTP/1.1\r\nHost: a.test\r\n\r\n")
                        .readHead();
            }
            await().until(() -> edge.accessLog().size() >= 3);
        }
    }

    @Test
    void close_withUnreadRequest_endsTlsBeforeTheConnection() throws IOException {
        try (TestEdge edge = serving();
                SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
            Conversation client = new Conversation(socket);
            client.send("GET / HTTP/1.1\r\nHost: a.test\r\nbad header\r\n\r\nmore");

            // Without the alert that ends TLS, reading to the end would fail.
            assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void handshake_neverBegun_isClosedAtTheLimit() throws IOException {
        try (TestEdge edge = TestEdge.start(TestTimeouts.quick());
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), edge.httpsPort());
                Socket garbage = new Socket(InetAddress.getLoopbackAddress(), edge.httpsPort())) {
            silent.setSoTimeout(20_000);
            garbage.setSoTimeout(20_000);
            new Conversation(garbage).send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");

            assertThat(silent.getInputStream().read()).isNegative();
            assertThat(garbage.getInputStream().readAllBytes().length).isLessThan(32);
        }
    }

    private static TestEdge serving() {
        return TestEdge.start().serve(Routes.proxy("a.test", echo.address()));
    }

    private static String shown(TestEdge edge, @Nullable String name) throws IOException {
        try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), name)) {
            return TlsClient.shown(socket);
        }
    }

    /** Head and body of the answer. */
    private static String get(Conversation client, String host, String path) throws IOException {
        client.send("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(path, host));
        String head = Objects.requireNonNull(client.readHead());
        return head + "\r\n\r\n" + client.readBody(head);
    }
}
