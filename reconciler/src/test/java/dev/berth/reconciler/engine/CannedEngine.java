package dev.berth.reconciler.engine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server that answers with what a test gives it; for answers no real engine can be made to
 * give.
 */
final class CannedEngine implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** Writes an answer. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    CannedEngine() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String dockerHost() {
        return "tcp://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked: method and path with query. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    /**
     * Sets the answer to requests that start so.
     *
     * @param request method and path: {@code GET /containers/json}
     */
    CannedEngine on(String request, Answer answer) {
        answers.put(request, answer);
        return this;
    }

    CannedEngine on(String request, int status, String body) {
        return on(request, exchange -> send(exchange, status, body));
    }

    /** Answers 200 with the text and then breaks the connection in mid-answer. */
    CannedEngine onThenBreak(String request, String body) {
        return on(
                request,
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, 1_000_000);
                    exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                });
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }

    private void answer(HttpExchange exchange) {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        asked.add(request);
        try (exchange) {
            answers.entrySet().stream()
                    .filter(entry -> request.startsWith(entry.getKey()))
                    .max((a, b) -> a.getKey().length() - b.getKey().length())
                    .map(Map.Entry::getValue)
                    .orElse(e -> send(e, 404, "{\"message\":\"nothing set for " + request + "\"}"))
                    .to(exchange);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean bodiless = status == 204 || status == 304;
        exchange.sendResponseHeaders(status, bodiless ? -1 : bytes.length);
        if (!bodiless) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
