package dev.berth.reconciler.certificate.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a real authority and gives it what it lacks: renewal windows (RFC 9773), profiles,
 * limits, orders that stay at work. What it takes from the real one is signed for the host that the
 * client asked, so nothing else is changed.
 */
public final class AuthorityFront implements AutoCloseable {
    private final Pebble behind;
    private final TestAuthority own = new TestAuthority();
    private final SSLContext client;
    private final HttpsServer server;
    private final List<Map<?, ?>> orders = new CopyOnWriteArrayList<>();
    private final AtomicInteger limited = new AtomicInteger();
    private volatile @Nullable Window window;
    private volatile boolean profiles;
    private volatile boolean atWork;
    private volatile boolean strict;

    private record Window(Instant start, Instant end) {}

    private AuthorityFront(Pebble behind, HttpsServer server) {
        this.behind = behind;
        this.client = TestAuthority.trusting(behind.trust());
        this.server = server;
        server.setHttpsConfigurator(new HttpsConfigurator(own.server()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public static AuthorityFront before(Pebble behind) throws IOException {
        return new AuthorityFront(
                behind,
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    public URI url() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/dir");
    }

    public String trust() {
        return own.trust();
    }

    /** When all certificates are to be renewed. */
    public void window(Instant start, Instant end) {
        window = new Window(start, end);
    }

    /** It has a profile, {@code shortlived}. */
    public void profiles() {
        profiles = true;
    }

    /** So many orders are refused, because there were too many. */
    public void limit(int orders) {
        limited.set(orders);
    }

    /** Orders stay at work from now on, or do not. */
    public void atWork(boolean stuck) {
        atWork = stuck;
    }

    /** Orders that replace something are refused: what they replace is of another account. */
    public void refuseToReplace() {
        strict = true;
    }

    /** What was asked for in orders. */
    public List<Map<?, ?>> orders() {
        return List.copyOf(orders);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (path.startsWith("/ari/")) {
                renewal(exchange);
                return;
            }
            if (path.equals("/order-plz")) {
                Map<?, ?> order = payload(body);
                orders.add(order);
                if (limited.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    exchange.getResponseHeaders().set("Retry-After", "7200");
                    refuse(exchange, 429, "rateLimited", "too many certificates already issued");
                    return;
                }
                if (strict && order.containsKey("replaces")) {
                    refuse(
                            exchange,
                            403,
                            "unauthorized",
                            "the account did not ask for the certificate that is replaced");
                    return;
                }
            }
            send(exchange, changed(path, relay(exchange, body)));
        }
    }

    private static Map<?, ?> payload(byte[] jws) {
        Map<?, ?> whole = Json.read(new String(jws, StandardCharsets.UTF_8), Map.class);
        String payload = String.valueOf(whole.get("payload"));
        return Json.read(
                new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8),
                Map.class);
    }

    private void renewal(HttpExchange exchange) throws IOException {
        Window now = window;
        if (now == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        byte[] body =
                "{\"suggestedWindow\":{\"start\":\"%s\",\"end\":\"%s\"}}"
                        .formatted(now.start(), now.end())
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Retry-After", "3600");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private void refuse(HttpExchange exchange, int status, String type, String detail)
            throws IOException {
        Answer nonce = relay("HEAD", "/nonce-plz", hostOf(exchange), "", new byte[0]);
        byte[] body =
                "{\"type\":\"urn:ietf:params:acme:error:%s\",\"detail\":\"%s\",\"status\":%d}"
                        .formatted(type, detail, status)
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .set("Replay-Nonce", nonce.headers().getOrDefault("replay-nonce", ""));
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private Answer changed(String path, Answer answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        if (path.equals("/dir")) {
            String base = url().toString().replace("/dir", "");
            if (window != null) {
                text = text.replaceFirst("\\{", "{\"renewalInfo\":\"" + base + "/ari\",");
            }
            if (profiles) {
                text =
                        text.replaceFirst(
                                "\"meta\": *\\{",
                                "\"meta\":{\"profiles\":{\"shortlived\":\"six days\"},");
            }
        } else if (atWork && path.startsWith("/my-order/")) {
            text = text.replaceFirst("\"status\": *\"valid\"", "\"status\":\"processing\"");
        }
        return new Answer(answer.status(), answer.headers(), text.getBytes(StandardCharsets.UTF_8));
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers()
                .forEach(
                        (name, value) -> {
                            if (!name.equals("content-length")
                                    && !name.equals("transfer-encoding")
                                    && !name.equals("connection")
                                    && !name.equals("date")) {
                                exchange.getResponseHeaders().set(name, value);
                            }
                        });
        boolean head = exchange.getRequestMethod().equals("HEAD");
        boolean empty = head || answer.body().length == 0;
        exchange.sendResponseHeaders(answer.status(), empty ? -1 : answer.body().length);
        if (!empty) {
            exchange.getResponseBody().write(answer.body());
        }
    }

    // ---- to the real one: by hand, as the JDK's client lets nobody choose a Host ----

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, Map<String, String> headers, byte[] body) {}

    private static String hostOf(HttpExchange exchange) {
        return exchange.getRequestHeaders().getFirst("Host");
    }

    private Answer relay(HttpExchange exchange, byte[] body) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        return relay(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                hostOf(exchange),
                type == null ? "" : "Content-Type: " + type + "\r\n",
                body);
    }

    private Answer relay(String method, String path, String host, String more, byte[] body)
            throws IOException {
        try (Socket socket =
                client.getSocketFactory()
                        .createSocket(behind.url().getHost(), behind.url().getPort())) {
            String head =
                    "%s %s HTTP/1.0\r\nHost: %s\r\nUser-Agent: front\r\n%sContent-Length: %d\r\n\r\n"
                            .formatted(method, path, host, more, body.length);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            return read(socket.getInputStream());
        }
    }

    private static Answer read(InputStream in) throws IOException {
        byte[] all = in.readAllBytes();
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new UncheckedIOException(new IOException("no answer: " + text));
        }
        List<String> lines = text.substring(0, end).lines().toList();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = Arrays.copyOfRange(all, end + 4, all.length);
        return new Answer(Integer.parseInt(lines.getFirst().split(" ", 3)[1]), headers, body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
