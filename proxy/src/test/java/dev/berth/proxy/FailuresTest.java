package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every status with which the edge answers by itself: what machines, people and those who search
 * the logs get. Where it is known which app was asked for, the page is the app's own.
 */
class FailuresTest {
    private static final Set<Integer> COME_BACK = Set.of(429, 503);
    private static final String OWN = "<b>{{status}} {{request}}</b>";

    private static TestEdge edge;
    private static TestBackend echo;
    private static TestBackend silent;

    @BeforeAll
    static void start() throws IOException {
        echo = TestBackend.echo();
        silent = TestBackend.start((conversation, _) -> conversation.readAll());
        edge = TestEdge.start(limits());
        edge.serve(
                List.of(TestCertificates.of("a.test")),
                own("a.test", new PolicyOf(), new Route.Proxy(List.of(echo.address()))),
                own("small.test", new PolicyOf().maxBody(10), proxy(echo.address())),
                own(
                        "busy.test",
                        new PolicyOf().rate(1, Duration.ofHours(1), 1),
                        proxy(echo.address())),
                own("gone.test", new PolicyOf(), proxy(refusing())),
                own("silent.test", new PolicyOf(), proxy(silent.address())),
                own("off.test", new PolicyOf(), new Route.Unavailable("x")));
    }

    @AfterAll
    static void stop() {
        edge.close();
        echo.close();
        silent.close();
    }

    @FunctionalInterface
    interface Ask {
        Response ask() throws IOException;
    }

    static Stream<Arguments> failure() {
        return Stream.of(
                ours(400, "http_request_error", () -> get("a b", "")),
                ours(404, "destination_not_found", () -> get("nobody.test", "")),
                own(408, "http_request_error", () -> send("a.test", "Content-Length: 9", "half")),
                own(413, "http_request_denied", () -> send("small.test", "Content-Length: 11", "")),
                own(
                        413,
                        "http_request_denied",
                        () ->
                                send(
                                        "small.test",
                                        "Transfer-Encoding: chunked",
                                        "b\r\nhello world\r\n0\r\n\r\n")),
                ours(414, "http_request_error", () -> get("a.test", "x".repeat(17_000))),
                ours(421, "http_request_denied", FailuresTest::misdirected),
                own(
                        429,
                        "http_request_denied",
                        () -> {
                            get("busy.test", "");
                            return get("busy.test", "");
                        }),
                ours(
                        431,
                        "http_request_error",
                        () -> send("a.test", "X-A: " + "a".repeat(33_000), "")),
                own(502, "connection_refused", () -> get("gone.test", "")),
                own(503, "destination_unavailable", () -> get("off.test", "")),
                own(504, "http_response_timeout", () -> get("silent.test", "")));
    }

    @ParameterizedTest
    @MethodSource
    void failure(int status, String token, boolean ownPage, Ask ask) throws IOException {
        Response response = ask.ask();

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("proxy-status")).isEqualTo("berth; error=" + token);
        String id = response.field("x-request-id");
        assertThat(id).hasSize(32);
        assertThat(response.field("cache-control")).isEqualTo("no-store");
        if (ownPage) {
            assertThat(response.field("content-type")).startsWith("text/html");
            assertThat(response.body()).isEqualTo("<b>%d %s</b>".formatted(status, id));
        } else {
            assertThat(response.body()).contains(id);
        }
        String retryAfter = response.field("retry-after");
        if (COME_BACK.contains(status)) {
            assertThat(Integer.parseInt(Objects.requireNonNull(retryAfter))).isPositive();
        } else {
            assertThat(retryAfter).isNull();
        }
    }

    private static Response get(String host, String path) {
        return RawClient.get(edge.port(), host, "/" + path, "Accept: text/html");
    }

    private static Response send(String host, String field, String body) {
        return RawClient.exchange(
                edge.port(),
                "POST / HTTP/1.1\r\nHost: %s\r\nAccept: text/html\r\n%s\r\n\r\n%s"
                        .formatted(host, field, body));
    }

    private static Response misdirected() throws IOException {
        try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
            Conversation client = new Conversation(socket);
            client.send("GET / HTTP/1.1\r\nHost: off.test\r\nAccept: text/html\r\n\r\n");
            String head = Objects.requireNonNull(client.readHead());
            return new Response(head, client.readBody(head));
        }
    }

    /** Only what is waited for here is short. */
    private static Timeouts limits() {
        Duration quick = Duration.ofMillis(300);
        Timeouts d = Timeouts.DEFAULT;
        return new Timeouts(
                d.connect(),
                d.requestHead(),
                d.nextRequest(),
                quick,
                quick,
                d.responseBody(),
                d.stall(),
                d.tunnel(),
                d.upstreamIdle(),
                d.linger(),
                Duration.ofSeconds(5));
    }

    private static Route own(String host, PolicyOf policy, Route.Target target) {
        return Routes.route(host, "/", target)
                .with(policy.page("4xx", OWN).page("5xx", OWN).build());
    }

    private static Route.Target proxy(Backend backend) {
        return new Route.Proxy(List.of(backend));
    }

    private static Backend refusing() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Backend("gone", "127.0.0.1", server.getLocalPort());
        }
    }

    private static Arguments own(int status, String token, Ask ask) {
        return argumentSet(status + " with the app's page", status, token, true, ask);
    }

    private static Arguments ours(int status, String token, Ask ask) {
        return argumentSet(status + " with our page", status, token, false, ask);
    }
}
