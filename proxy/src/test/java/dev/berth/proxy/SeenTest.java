package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.LeakGuard;
import dev.berth.proxy.testing.Metrics;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What operators see of requests: the lines of the access log, and the metrics. */
@ExtendWith(LeakGuard.class)
class SeenTest {
    @Test
    void line_ofARequest_tellsAllOfIt() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.saying("hello")) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            RawClient.get(
                    edge.port(),
                    "a.test",
                    "/x?a=b&token=hunter2",
                    "User-Agent: me",
                    "Referer: https://b.test/?code=hunter3");

            Map<?, ?> line = line(edge, "\"app\":\"a\"");
            assertThat(line.get("target")).isEqualTo("/x?a=b&token=***");
            assertThat(line.get("referer")).isEqualTo("https://b.test/?code=***");
            assertThat(line.get("route")).isEqualTo("a.test/");
            assertThat(line.get("userAgent")).isEqualTo("me");
            assertThat(line.get("trace")).isEqualTo(line.get("id"));
            assertThat(line.get("upstream")).isEqualTo(backend.address().toString());
            assertThat(line.containsKey("connectMs")).isTrue();
            assertThat(line.containsKey("firstByteMs")).isTrue();
            assertThat(line.containsKey("upstreamMs")).isTrue();
            assertThat(line.containsKey("heldMs")).isFalse();
            assertThat(line.containsKey("tlsVersion")).isFalse();
        }
    }

    @Test
    void line_ofAFailure_namesItsErrorAsProxyStatusDoes() {
        try (TestEdge edge = TestEdge.start()) {
            RawClient.get(edge.port(), "nobody.test", "/");

            Map<?, ?> line = line(edge, "nobody.test");
            assertThat(line.get("error")).isEqualTo("destination_not_found");
            assertThat(line.get("ended")).isEqualTo("UnknownHost");
        }
    }

    @Test
    void line_overTls_tellsVersionCipherAndResumption() throws Exception {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.saying("x")) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            TlsClient client = new TlsClient("TLSv1.2");
            for (int i = 0; i < 2; i++) {
                try (SSLSocket socket = client.connect(edge.httpsPort(), "a.test")) {
                    Conversation conversation = new Conversation(socket);
                    conversation.send("GET /%d HTTP/1.1\r\nHost: a.test\r\n\r\n".formatted(i));
                    conversation.readBody(String.valueOf(conversation.readHead()));
                }
            }

            assertThat(line(edge, "\"target\":\"/0\"").get("tlsResumed")).isEqualTo(false);
            Map<?, ?> second = line(edge, "\"target\":\"/1\"");
            assertThat(second.get("tlsResumed")).isEqualTo(true);
            assertThat(second.get("tlsVersion")).isEqualTo("TLSv1.2");
            assertThat((String) second.get("tlsCipher")).startsWith("TLS_ECDHE_");
            Metrics metrics = Metrics.parse(edge.edge().metrics());
            String handshakes = "berth_edge_tls_handshakes_total{version=\"TLSv1.2\",resumed=";
            assertThat(metrics.value(handshakes + "\"false\"}")).isEqualTo(1);
            assertThat(metrics.value(handshakes + "\"true\"}")).isEqualTo(1);
        }
    }

    @Test
    void lines_ofAnEventStream_areItsBeginningAndItsEnd() {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.start(SeenTest::streamEvents)) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            try (RawClient client = RawClient.connect(edge.port())) {
                client.send("GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n");

                Map<?, ?> start = line(edge, "stream-start");
                assertThat(start.get("status")).isEqualTo(200);
                assertThat(start.get("ended")).isEqualTo("open");
                client.send("GET /go-on HTTP/1.1\r\nHost: a.test\r\n\r\n");
            }
            Map<?, ?> end = line(edge, "stream-end");
            assertThat(end.get("ended")).isEqualTo("client gone");
            assertThat((Integer) end.get("bytesOut")).isPositive();
            assertThat(end.get("id")).isEqualTo(line(edge, "stream-start").get("id"));
            assertThat(lines(edge, "\"event\":\"request\"")).isEmpty();
            Metrics metrics = Metrics.parse(edge.edge().metrics());
            assertThat(metrics.value("berth_edge_requests_total{app=\"a\",status=\"2xx\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void line_ofAMalformedRequest_isThereInBothProtocols() {
        try (TestEdge edge = TestEdge.start()) {
            try (RawClient client = RawClient.connect(edge.port())) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n").response().status())
                        .isEqualTo(400);
            }
            try (H2Client client = H2Client.connect(edge.port())) {
                H2Client.Answer answer =
                        client.headers(
                                        1,
                                        H2Client.END_STREAM,
                                        ":method",
                                        "GET",
                                        ":scheme",
                                        "http",
                                        ":path",
                                        "/",
                                        ":authority",
                                        "a.test",
                                        "connection",
                                        "close")
                                .answer(1);
                assertThat(answer.reset()).isEqualTo(1);
            }

            assertThat(line(edge, "\"protocol\":\"HTTP/1.1\"").get("status")).isEqualTo(400);
            Map<?, ?> reset = line(edge, "\"protocol\":\"HTTP/2.0\"");
            assertThat(reset.get("status")).isEqualTo(400);
            assertThat(reset.get("client")).isEqualTo("127.0.0.1");
            assertThat((String) reset.get("ended")).contains("malformed");
        }
    }

    @Test
    void metrics_ofBadHandshakes_sayWhy() throws Exception {
        try (TestEdge edge = TestEdge.start()) {
            try (RawClient client = RawClient.connect(edge.httpsPort())) {
                client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").rest();
            }
            RawClient.connect(edge.httpsPort()).close();

            String failures = "berth_edge_tls_failures_total{reason=";
            await().until(() -> value(edge, failures + "\"not_tls\"}") == 1);
            await().until(() -> value(edge, failures + "\"closed\"}") == 1);
        }
    }

    private static double value(TestEdge edge, String name) {
        return Metrics.parse(edge.edge().metrics()).value(name);
    }

    private static void streamEvents(Conversation conversation, TestBackend backend)
            throws IOException {
        while (backend.next(conversation) != null) {
            conversation.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n");
            conversation.send("Transfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n");
        }
    }

    private static Map<?, ?> line(TestEdge edge, String text) {
        await().until(() -> !lines(edge, text).isEmpty());
        return Json.read(lines(edge, text).getFirst(), Map.class);
    }

    private static List<String> lines(TestEdge edge, String text) {
        return edge.accessLog().stream().filter(line -> line.contains(text)).toList();
    }
}
