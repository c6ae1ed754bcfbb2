package dev.berth.reconciler.certificate.dns;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The API of a provider on a loopback port, with the zones of one account. */
abstract class FakeApi implements AutoCloseable {
    /** TXT values by full name, as the provider keeps them. */
    final Map<String, SortedSet<String>> texts = new TreeMap<>();

    final SortedSet<String> zones = new TreeSet<>();
    final List<String> asked = new ArrayList<>();

    /** The zone that was written in last. */
    String written = "";

    private final HttpServer server;
    private @Nullable Reply fault;

    FakeApi() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    record Reply(int status, String body, Map<String, String> fields) {
        static Reply of(int status, String body) {
            return new Reply(status, body, Map.of());
        }

        static Reply json(int status, Object body) {
            return of(status, Json.write(body));
        }
    }

    record Asked(String method, List<String> path, Map<String, String> query, String body) {
        @SuppressWarnings("unchecked")
        Map<String, Object> json() {
            return Json.read(body, Map.class);
        }

        String line() {
            return method + " /" + String.join("/", path);
        }
    }

    /** What the provider says to it; the credentials are right. */
    abstract Reply answer(Asked asked);

    /** Whether the credentials are right. */
    abstract boolean knows(HttpExchange exchange, String body) throws IOException;

    /** What the provider says when they are not. */
    abstract Reply stranger();

    /** Answers everything with this from now on. */
    void fail(Reply with) {
        fault = with;
    }

    URI base(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    SortedSet<String> texts(String name) {
        return texts.computeIfAbsent(name, _ -> new TreeSet<>());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            URI uri = exchange.getRequestURI();
            Asked question =
                    new Asked(
                            exchange.getRequestMethod(),
                            List.of(uri.getPath().substring(1).split("/", -1)),
                            query(uri.getRawQuery()),
                            body);
            asked.add(question.line());
            Reply reply =
                    fault != null ? fault : knows(exchange, body) ? answer(question) : stranger();
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            reply.fields().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int at = pair.indexOf('=');
            query.put(
                    pair.substring(0, at),
                    URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
        }
        return query;
    }
}
