package dev.berth.reconciler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.http.BoundedExchange.Body;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BoundedExchangeTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/echo",
                exchange -> {
                    try (exchange) {
                        String said =
                                "%s %s %s "
                                        .formatted(
                                                exchange.getRequestMethod(),
                                                exchange.getRequestHeaders().getFirst("Token"),
                                                exchange.getRequestHeaders()
                                                        .getFirst("Content-Type"));
                        byte[] body = exchange.getRequestBody().readAllBytes();
                        exchange.sendResponseHeaders(404, 0);
                        exchange.getResponseBody().write(said.getBytes(StandardCharsets.UTF_8));
                        exchange.getResponseBody().write(body);
                    }
                });
        server.createContext(
                "/slow",
                exchange -> {
                    try (exchange) {
                        exchange.sendResponseHeaders(200, 0);
                        exchange.getResponseBody().write('a');
                        exchange.getResponseBody().flush();
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        client.close();
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @Test
    void ask_error_isAnAnswer() throws Exception {
        HttpResponse<String> came =
                new BoundedExchange(client, LONG, 100)
                        .ask(
                                "PUT",
                                at("/echo"),
                                Map.of("Token", "t"),
                                new Body("text/plain", "grüß"));

        assertThat(came.statusCode()).isEqualTo(404);
        assertThat(came.body()).isEqualTo("PUT t text/plain grüß");
    }

    @Test
    void ask_answerIsLargerThanMayBe_isNone() {
        assertThatThrownBy(
                        () ->
                                new BoundedExchange(client, LONG, 10)
                                        .ask("GET", at("/echo"), Map.of(), null))
                .isInstanceOf(IOException.class);
    }

    @Test
    void ask_bodyDoesNotEnd_endsWithTheTime() {
        assertThatThrownBy(
                        () ->
                                new BoundedExchange(client, Duration.ofSeconds(1), 100)
                                        .ask("GET", at("/slow"), Map.of(), null))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessage("did not answer within 1 s");
    }

    @Test
    void ask_interrupted_saysSoAndStaysIt() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(
                        () ->
                                new BoundedExchange(client, LONG, 100)
                                        .ask("GET", at("/slow"), Map.of(), null))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void ask_nobodyListens_saysWhatTheClientSays() {
        server.stop(0);

        assertThatThrownBy(
                        () ->
                                new BoundedExchange(client, LONG, 100)
                                        .ask("GET", at("/echo"), Map.of(), null))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
    }
}
