package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.LeakGuard;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.ProxyHeaders;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An edge behind proxies that it believes, and in front of everybody else. */
@ExtendWith(LeakGuard.class)
class FrontProxiesTest {
    private static final FrontProxies HEADERS = new FrontProxies(List.of("127.0.0.1/32"), false);
    private static final FrontProxies PROXY_PROTOCOL =
            new FrontProxies(List.of("127.0.0.1/32"), true);
    private static final FrontProxies OTHERS = new FrontProxies(List.of("10.0.0.0/8"), true);

    @Test
    void fields_ofBelievedProxy_sayWhoAsks() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(HEADERS).serve(Routes.proxy("a.test", backend.address()));

            String seen =
                    get(
                            edge.port(),
                            "X-Forwarded-For: 6.6.6.6, 192.0.2.7",
                            "X-Forwarded-Proto: https",
                            "X-Forwarded-Host: shop.test",
                            "X-Request-Id: from-the-cdn-42");

            assertThat(seen)
                    .contains("x-forwarded-for: 192.0.2.7, 127.0.0.1\r\n")
                    .contains("x-forwarded-proto: https\r\n")
                    .contains("x-forwarded-host: shop.test\r\n")
                    .contains("x-forwarded-port: 443\r\n")
                    .contains("x-real-ip: 192.0.2.7\r\n")
                    .contains("x-request-id: from-the-cdn-42\r\n")
                    .doesNotContain("6.6.6.6");
            await().until(() -> logged(edge, "\"client\":\"192.0.2.7\""));
            assertThat(logged(edge, "\"id\":\"from-the-cdn-42\"")).isTrue();
        }
    }

    @Test
    void fields_ofAnybodyElse_areOverwritten() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(OTHERS).serve(Routes.proxy("a.test", backend.address()));

            String seen =
                    get(
                            edge.port(),
                            "X-Forwarded-For: 192.0.2.7",
                            "X-Forwarded-Proto: https",
                            "Forwarded: for=192.0.2.7",
                            "X-Request-Id: from-the-client",
                            "X-Real-IP: 192.0.2.7");

            assertThat(seen)
                    .contains("x-forwarded-for: 127.0.0.1\r\n")
                    .contains("x-forwarded-proto: http\r\n")
                    .contains("x-real-ip: 127.0.0.1\r\n")
                    .doesNotContain("192.0.2.7", "from-the-client", "\nforwarded:");
        }
    }

    @Test
    void malformedId_ofBelievedProxy_isReplaced() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(HEADERS).serve(Routes.proxy("a.test", backend.address()));

            assertThat(get(edge.port(), "X-Request-Id: <script>alert(1)"))
                    .doesNotContain("<script>");
            assertThat(get(edge.port(), "X-Request-Id: " + "a".repeat(200)))
                    .doesNotContain("a".repeat(129));
        }
    }

    @Test
    void rules_behindProxy_areAboutTheClient() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.saying("in")) {
            Route route = Routes.proxy("a.test", backend.address());
            edge.behind(HEADERS)
                    .serve(
                            route.with(
                                    new PolicyOf()
                                            .addresses(List.of("192.0.2.0/24"), List.of())
                                            .rate(1, Duration.ofHours(1), 1)
                                            .redirectHttps()
                                            .build()));

            assertThat(status(edge, "192.0.2.1", "http")).isEqualTo(308);
            assertThat(status(edge, "198.51.100.1", "https")).isEqualTo(403);
            assertThat(status(edge, "192.0.2.1", "https")).isEqualTo(200);
            assertThat(status(edge, "192.0.2.1", "https")).isEqualTo(429);
            assertThat(status(edge, "192.0.2.2", "https")).isEqualTo(200);
        }
    }

    @Test
    void connections_ofBelievedProxy_areNotOneClients() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (TestEdge edge = TestEdge.start(Timeouts.DEFAULT, new ConnectionLimits(100, 2));
                TestBackend backend = TestBackend.saying("x")) {
            edge.behind(HEADERS).serve(Routes.proxy("a.test", backend.address()));
            for (int i = 0; i < 5; i++) {
                RawClient client = RawClient.connect(edge.port());
                clients.add(client);
                client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(200);
            }
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void proxyHeader_text_isTheClient() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(PROXY_PROTOCOL).serve(Routes.proxy("a.test", backend.address()));

            try (RawClient client = RawClient.connect(edge.port())) {
                client.send("PROXY TCP4 192.0.2.9 127.0.0.1 4711 80\r\n");
                String seen = seen(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"));
                assertThat(seen)
                        .contains("x-forwarded-for: 192.0.2.9\r\n")
                        .contains("x-forwarded-port: 80\r\n");

                // Who is behind the header is a stranger: nothing that he says is believed.
                client.send("GET / HTTP/1.1\r\nHost: a.test\r\n");
                String again = seen(client.send("X-Forwarded-For: 1.1.1.1\r\n\r\n"));
                assertThat(again).contains("x-forwarded-for: 192.0.2.9\r\n");
            }
        }
    }

    @Test
    void proxyHeader_inPieces_isReadWhole() throws Exception {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(PROXY_PROTOCOL).serve(Routes.proxy("a.test", backend.address()));
            try (RawClient client = RawClient.connect(edge.port())) {
                Conversation raw = client.conversation();
                for (byte one : ProxyHeaders.tcp4("192.0.2.9", 80, (byte) 4, (byte) 0, (byte) 0)) {
                    raw.send(new byte[] {one});
                }
                assertThat(seen(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")))
                        .contains("x-forwarded-for: 192.0.2.9\r\n");
            }
        }
    }

    @Test
    void proxyHeader_beforeTlsAndHttp2_isTheClient() throws Exception {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(PROXY_PROTOCOL).serve(Routes.proxy("a.test", backend.address()));
            byte[] header = ProxyHeaders.tcp4("192.0.2.10", 443);
            try (SSLSocket socket =
                    new TlsClient().connect(edge.httpsPort(), header, "a.test", "h2")) {
                H2Client client = H2Client.over(socket);

                assertThat(client.get(1, "/").answer(1).body().toLowerCase(Locale.ROOT))
                        .contains("x-forwarded-for: 192.0.2.10\r\n")
                        .contains("x-forwarded-proto: https\r\n")
                        .contains("x-forwarded-port: 443\r\n");
            }
            await().until(() -> logged(edge, "\"client\":\"192.0.2.10\""));
        }
    }

    @Test
    void proxyHeader_ofProxyForItself_isTheProxy() throws Exception {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(PROXY_PROTOCOL).serve(Routes.proxy("a.test", backend.address()));
            try (RawClient client = RawClient.connect(edge.port())) {
                client.conversation().send(ProxyHeaders.of(0x20, 0, new byte[0]));
                assertThat(seen(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")))
                        .contains("x-forwarded-for: 127.0.0.1\r\n");
            }
        }
    }

    @Test
    void proxyHeader_missingOrBad_closesWithoutAWord() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(PROXY_PROTOCOL).serve(Routes.proxy("a.test", backend.address()));
            for (String bytes :
                    new String[] {
                        "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
                        "PROXY TCP4 192.0.2.9 x 1 2\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
                        "\r\n\r\n\0\r\nQUIX"
                    }) {
                try (RawClient client = RawClient.connect(edge.port())) {
                    assertThat(client.send(bytes).rest()).isEmpty();
                }
            }
            assertThat(backend.heads()).isEmpty();
        }
    }

    @Test
    void proxyHeader_tooLate_closes() {
        try (TestEdge edge = TestEdge.start(TestTimeouts.quick());
                TestBackend backend = TestBackend.echo()) {
            edge.behind(PROXY_PROTOCOL).serve(Routes.proxy("a.test", backend.address()));
            try (RawClient client = RawClient.connect(edge.port())) {
                assertThat(client.send("PROXY TC").rest()).isEmpty();
            }
            try (RawClient client = RawClient.connect(edge.httpsPort())) {
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void proxyHeader_ofAnybodyElse_isNoRequest() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.behind(OTHERS).serve(Routes.proxy("a.test", backend.address()));
            try (RawClient client = RawClient.connect(edge.port())) {
                client.send("PROXY TCP4 192.0.2.9 127.0.0.1 1 2\r\n");
                client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(400);
            }
            assertThat(backend.heads()).isEmpty();
        }
    }

    @Test
    void trace_valid_isPassedOn_andInTheLog() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.serve(Routes.proxy("a.test", backend.address()));

            String seen =
                    get(
                            edge.port(),
                            "traceparent: 00-" + trace + "-00f067aa0ba902b7-00",
                            "tracestate: a=1,b@c=2");

            assertThat(seen)
                    .contains("traceparent: 00-" + trace + "-00f067aa0ba902b7-00\r\n")
                    .contains("tracestate: a=1,b@c=2\r\n");
            await().until(() -> logged(edge, "\"trace\":\"" + trace + "\""));
        }
    }

    @Test
    void trace_noneOrInvalid_isBegun() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.echo()) {
            edge.serve(Routes.proxy("a.test", backend.address()));

            String begun = get(edge.port(), "tracestate: a=1");
            assertThat(begun)
                    .containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n")
                    .doesNotContain("tracestate");
            assertThat(
                            get(
                                    edge.port(),
                                    "traceparent: 00-" + "0".repeat(32) + "-00f067aa0ba902b7-01"))
                    .doesNotContain("0".repeat(32));
            String longState = "a=" + "x".repeat(600);
            assertThat(
                            get(
                                    edge.port(),
                                    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                    "tracestate: " + longState))
                    .contains("4bf92f3577b34da6a3ce929d0e0e4736")
                    .doesNotContain("tracestate");
        }
    }

    private static int status(TestEdge edge, String client, String scheme) {
        return RawClient.get(
                        edge.port(),
                        "a.test",
                        "/",
                        "X-Forwarded-For: " + client,
                        "X-Forwarded-Proto: " + scheme)
                .status();
    }

    private static String get(int port, String... fields) {
        RawClient.Response answer = RawClient.get(port, "a.test", "/", fields);
        assertThat(answer.status()).isEqualTo(200);
        return answer.body().toLowerCase(Locale.ROOT);
    }

    private static String seen(RawClient client) {
        RawClient.Response answer = client.response();
        assertThat(answer.status()).isEqualTo(200);
        return answer.body().toLowerCase(Locale.ROOT);
    }

    private static boolean logged(TestEdge edge, String text) {
        return edge.accessLog().stream().anyMatch(line -> line.contains(text));
    }
}
