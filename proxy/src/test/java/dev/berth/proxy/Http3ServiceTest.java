package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/3 as a service beside the others: who is told of it, its certificates, limits and end. */
class Http3ServiceTest {
    private static final int NO_ERROR = 0x100;

    /** Far less than a client waits that hears nothing. */
    private static final Duration QUICKLY = Duration.ofSeconds(5);

    @Test
    void altSvc_isOfferedOverHttpsOnly() {
        try (TestBackend backend = TestBackend.saying("x");
                TestEdge edge = TestEdge.startHttp3()) {
            edge.serve(Routes.proxy("a.test", backend.address()));

            assertThat(altSvc(edge, "a.test")).isEqualTo("h3=\":443\"; ma=86400");
            assertThat(altSvc(edge, "a.test:9443")).isEqualTo("h3=\":9443\"; ma=86400");
            assertThat(RawClient.get(edge.port(), "a.test", "/").field("alt-svc")).isNull();
            try (H3Client client = H3Client.connect(edge.httpsPort())) {
                assertThat(client.get("/").answer().field("alt-svc"))
                        .isEqualTo("h3=\":443\"; ma=86400");
            }
        }
    }

    @Test
    void switchedOff_nobodyIsToldAndNothingAnswers() {
        try (TestBackend backend = TestBackend.saying("x");
                TestEdge edge = TestEdge.start()) {
            edge.serve(Routes.proxy("a.test", backend.address()));

            assertThat(altSvc(edge, "a.test")).isNull();
            assertThat(H3Client.answers(edge.httpsPort())).isFalse();
        }
    }

    @Test
    void certificate_isChosenByNameAndSwapped() throws Exception {
        try (TestBackend backend = TestBackend.saying("x");
                TestEdge edge = TestEdge.startHttp3()) {
            edge.serve(
                    List.of(TestCertificates.of("a.test", "www.a.test")),
                    Routes.proxy("a.test", backend.address()));
            assertThat(shown(edge, "a.test")).contains("www.a.test");
            assertThat(shown(edge, "b.test")).contains("localhost").doesNotContain("a.test");
            assertThat(shown(edge, null)).contains("localhost");

            edge.serve(
                    List.of(TestCertificates.of("a.test", "new.a.test")),
                    Routes.proxy("a.test", backend.address()));
            assertThat(shown(edge, "a.test")).contains("new.a.test");

            edge.serve(
                    List.of(new Certificate(List.of("a.test"), "nothing", "nothing")),
                    Routes.proxy("a.test", backend.address()));
            assertThat(shown(edge, "a.test")).contains("localhost");
        }
    }

    @Test
    void drain_requestInFlight_isAnsweredAfterTwoGoAways() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        TestEdge edge = TestEdge.startHttp3();
        Thread closing = Thread.ofVirtual().unstarted(edge::close);
        try (TestBackend backend = answeringAfter(answer);
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream = client.get("/");
            await().until(() -> !backend.heads().isEmpty());
            closing.start();

            assertThat(client.goAway()).isEqualTo((1L << 62) - 4);
            assertThat(client.goAway()).isEqualTo(4);
            answer.countDown();
            assertThat(stream.answer().body()).isEqualTo("late");
            assertThat(client.closed()).isEqualTo(NO_ERROR);
            assertThat(edge.edge().offersHttp3()).isFalse();
        } finally {
            answer.countDown();
            closing.join();
        }
    }

    private static TestBackend answeringAfter(CountDownLatch answer) {
        return TestBackend.start(
                (conversation, backend) -> {
                    backend.next(conversation);
                    answer.await();
                    conversation.send(TestBackend.ok("late"));
                });
    }

    /** Who comes now is told at once and goes on over TCP; who is in gets the answer. */
    @Test
    void drain_newConnection_isRefusedAndTheOldOneGoesOn() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        TestEdge edge = TestEdge.startHttp3();
        Thread closing = Thread.ofVirtual().unstarted(edge::close);
        try (TestBackend backend = answeringAfter(answer);
                H3Client client = H3Client.connect(edge.httpsPort())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            H3Client.Stream stream = client.get("/");
            await().until(() -> !backend.heads().isEmpty());
            closing.start();
            var _ = client.goAway();

            long asked = System.nanoTime();
            assertThatThrownBy(() -> H3Client.connect(edge.httpsPort()).close())
                    .isInstanceOf(IllegalStateException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(QUICKLY);
            answer.countDown();
            assertThat(stream.answer().body()).isEqualTo("late");
        } finally {
            answer.countDown();
            closing.join();
        }
    }

    @Test
    void restartWithoutIt_clientsAreToldToForget(@TempDir Path home) {
        try (TestBackend backend = TestBackend.saying("x")) {
            Route route = Routes.proxy("a.test", backend.address());
            try (TestEdge edge = TestEdge.startHttp3(home)) {
                assertThat(altSvc(edge.serve(route), "a.test")).startsWith("h3=");
            }
            for (int restarts = 0; restarts < 2; restarts++) {
                try (TestEdge edge = TestEdge.startTls(home, 0)) {
                    assertThat(altSvc(edge.serve(route), "a.test")).isEqualTo("clear");
                    assertThat(RawClient.get(edge.port(), "a.test", "/").field("alt-svc")).isNull();
                }
            }
        }
    }

    /** A flood of datagrams must take no turn from those who came over TCP. */
    @Test
    void connections_areOnAnEventLoopOfTheirOwn() {
        try (TestBackend backend = TestBackend.saying("x");
                TestEdge edge = TestEdge.startHttp3()) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            try (H3Client client = H3Client.connect(edge.httpsPort())) {
                assertThat(client.get("/").answer().status()).isEqualTo(200);
            }
            assertThat(threads()).containsOnlyOnce("edge-quic");
        }
        await().until(() -> !threads().contains("edge-quic"));
        try (TestEdge edge = TestEdge.start()) {
            assertThat(edge.edge().offersHttp3()).isFalse();
            assertThat(threads()).isNotEmpty().doesNotContain("edge-quic", "http3", "quic-tls");
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceFirst("-\\d+-\\d+$", ""))
                .toList();
    }

    @Test
    void connection_idle_isClosed() throws Exception {
        try (TestEdge edge = TestEdge.startHttp3(TestTimeouts.quick(), ConnectionLimits.DEFAULT);
                H3Client client = H3Client.connect(edge.httpsPort())) {
            assertThat(client.closed()).isEqualTo(NO_ERROR);
        }
    }

    @Test
    void connections_moreThanTheLimit_areRefused() {
        try (TestBackend backend = TestBackend.saying("x");
                TestEdge edge =
                        TestEdge.startHttp3(Timeouts.DEFAULT, new ConnectionLimits(100, 1))) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            await().until(() -> edge.edge().metrics().contains("berth_edge_connections 0\n"));
            try (H3Client client = H3Client.connect(edge.httpsPort())) {
                assertThat(H3Client.answers(edge.httpsPort())).isFalse();
                assertThat(client.get("/").answer().status()).isEqualTo(200);
            }
        }
    }

    private static String shown(TestEdge edge, @Nullable String name) {
        try (H3Client client = H3Client.connect(edge.httpsPort(), name)) {
            return client.shown();
        }
    }

    private static @Nullable String altSvc(TestEdge edge, String host) {
        try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
            socket.getOutputStream()
                    .write(
                            ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200");
            return answer.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("alt-svc:"))
                    .map(line -> line.substring(8).strip())
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
