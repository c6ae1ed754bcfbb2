package dev.berth.proxy.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.EdgeReport.ProbeResult;
import dev.berth.schemas.edge.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProberTest {
    private static final Duration QUICK = Duration.ofMillis(200);
    private static final Duration AMPLE = Duration.ofSeconds(10);

    @ParameterizedTest
    @CsvSource({
        "200, true, true",
        "204, true, true",
        "302, true, true",
        "404, true, false",
        "404, false, true",
        "401, false, true",
        "403, false, false",
        "500, false, false",
        "503, true, false"
    })
    void http_status_decides(int status, boolean strict, boolean passes) {
        try (TestBackend backend =
                answering(
                        "HTTP/1.1 " + status + " X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")) {
            ProbeAnswer answer = ProbeRequest.send(probe(backend.address(), "/up?x", strict));

            assertThat(answer).isEqualTo(new ProbeAnswer(passes, "HTTP " + status));
            assertThat(backend.heads())
                    .as("redirects are not followed")
                    .singleElement()
                    .asString()
                    .startsWith("GET /up?x HTTP/1.1\r\nHost: a.test\r\n")
                    .contains("User-Agent: berth-probe/1");
        }
    }

    @Test
    void http_interimResponse_isSkipped() {
        try (TestBackend backend =
                answering("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 200\r\n\r\n")) {
            assertThat(ProbeRequest.send(probe(backend.address(), "/", true)).text())
                    .isEqualTo("HTTP 200");
        }
    }

    @Test
    void http_noProperAnswer_isSaid() {
        try (TestBackend closing = TestBackend.start((c, b) -> b.next(c));
                TestBackend silent = TestBackend.start((c, b) -> c.readAll());
                TestBackend other = answering("SSH-2.0-OpenSSH_9.2\r\n")) {
            assertThat(ProbeRequest.send(probe(closing.address(), "/", true)))
                    .isEqualTo(ProbeAnswer.failed("closed the connection without an answer"));
            assertThat(ProbeRequest.send(probe(silent.address(), "/", true, QUICK)))
                    .isEqualTo(ProbeAnswer.failed("timed out after 200 ms"));
            assertThat(ProbeRequest.send(probe(other.address(), "/", true)))
                    .isEqualTo(ProbeAnswer.failed("answered something that is not HTTP"));
        }
    }

    @Test
    void tcp_connection_isEnough() throws IOException {
        try (TestBackend silent = TestBackend.start((c, b) -> c.readAll())) {
            assertThat(ProbeRequest.send(probe(silent.address(), null, true)))
                    .isEqualTo(new ProbeAnswer(true, "TCP connected"));
        }
        Backend gone;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = new Backend("c", "127.0.0.1", server.getLocalPort());
        }
        assertThat(ProbeRequest.send(probe(gone, null, true)))
                .isEqualTo(ProbeAnswer.failed("connection refused"));
    }

    @Test
    void replace_sameProbe_goesOnAndAnotherStops() {
        AtomicInteger answers = new AtomicInteger();
        try (Prober prober = new Prober(answers::incrementAndGet);
                TestBackend backend = TestBackend.saying("up")) {
            Probe probe = probe(backend.address(), "/", true);
            prober.replace(List.of(probe));
            await().until(() -> !prober.results().isEmpty());
            prober.replace(List.of(probe));
            await().until(() -> result(prober).attempts() >= 3);
            assertThat(result(prober).passesInARow()).isEqualTo(result(prober).attempts());
            assertThat(answers.get()).isGreaterThanOrEqualTo(3);

            prober.replace(List.of());
            assertThat(prober.results()).isEmpty();
        }
    }

    @Test
    void results_failureAfterPasses_startsCountingAnew() {
        AtomicInteger requests = new AtomicInteger();
        TestBackend flaky =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            int status = requests.incrementAndGet() == 3 ? 500 : 200;
                            conversation.send(
                                    "HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n".formatted(status));
                        });
        try (TestBackend backend = flaky;
                Prober prober = new Prober(() -> {})) {
            prober.replace(List.of(probe(backend.address(), "/", true)));

            await().until(() -> !prober.results().isEmpty() && result(prober).attempts() >= 5);
            ProbeResult result = result(prober);
            assertThat(result.passesInARow()).isEqualTo(result.attempts() - 3);
        }
    }

    private static ProbeResult result(Prober prober) {
        return prober.results().getFirst();
    }

    private static TestBackend answering(String answer) {
        return TestBackend.start(
                (conversation, backend) -> {
                    backend.next(conversation);
                    conversation.send(answer);
                });
    }

    private static Probe probe(Backend backend, @Nullable String path, boolean strict) {
        return probe(backend, path, strict, AMPLE);
    }

    private static Probe probe(
            Backend backend, @Nullable String path, boolean strict, Duration timeout) {
        return new Probe("p", backend, path, strict, "a.test", Duration.ofMillis(20), timeout);
    }
}
