package dev.berth.reconciler.forge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A forge on this machine that speaks like GitHub, GitLab or Gitea: pages, etags, limits, renamed
 * repos and the ways in which forges fail. What it has is in {@link #state}. Thread-safe.
 */
public final class ForgeDouble implements AutoCloseable {
    /** What people made for Berth. */
    public static final String TOKEN = "planted-token-5d1e";

    private final ForgeDialect dialect;
    private final HttpServer server;
    private final ForgeState state = new ForgeState();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final List<Said> said = new CopyOnWriteArrayList<>();
    private final Map<Integer, Runnable> beforePages = new LinkedHashMap<>();
    private final CountDownLatch ends = new CountDownLatch(1);
    private volatile Fault fault = Fault.NONE;
    private volatile Predicate<Asked> faulty = _ -> true;
    private volatile Map<String, String> extra = Map.of();

    /** Which API it speaks. */
    public enum Kind {
        GITHUB("/api/v3"),
        GITLAB("/api/v4"),
        GITEA("/api/v1");

        final String base;

        Kind(String base) {
            this.base = base;
        }
    }

    /** How it fails. */
    public enum Fault {
        NONE,
        /** A page for people, as proxies give, with 200. */
        HTML,
        /** The first half of the right answer. */
        TRUNCATED,
        /** An object where a list is right, and a list where an object is. */
        OTHER_JSON,
        /** The right answer, about another number. */
        OTHER_NUMBER,
        SERVER_ERROR,
        BAD_GATEWAY_HTML,
        UNAUTHORIZED,
        FORBIDDEN,
        NOT_FOUND,
        /** 429, with Retry-After. */
        TOO_MANY,
        /** 403, with X-RateLimit-Remaining: 0 and X-RateLimit-Reset. */
        USED_UP,
        /** 403, that only says so. */
        SECONDARY,
        /** 503, with Retry-After, as while it is upgraded. */
        AWAY,
        /** 403, with all that it was sent. */
        ECHO,
        /** The right answer, and 16 MiB of nothing. */
        HUGE,
        /** To another server. */
        ELSEWHERE,
        /** To itself, for ever. */
        ROUND,
        /** Nothing at all. */
        SILENT,
        /** The head of an answer, and then drops. */
        HANGS
    }

    /**
     * A question that came.
     *
     * @param path raw, without what all paths begin with
     * @param query raw; empty = none
     */
    public record Asked(
            String method, String path, String query, Map<String, String> fields, String body) {
        boolean isPage(int number) {
            return query.matches("(.*&)?page=%d(&.*)?".formatted(number));
        }
    }

    /**
     * A question that was understood, and its answer.
     *
     * @param name of the schemas for both
     */
    record Said(String name, Asked asked, String answer) {
        /** Those that say the same to the same. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Said that
                    && asked.method().equals(that.asked.method())
                    && asked.path().equals(that.asked.path())
                    && asked.body().equals(that.asked.body())
                    && asked.query().equals(that.asked.query())
                    && answer.equals(that.answer);
        }

        @Override
        public int hashCode() {
            return Objects.hash(asked.path(), asked.query(), answer);
        }
    }

    /** Listens. */
    public ForgeDouble(Kind kind) throws IOException {
        dialect = new ForgeDialect(kind, state);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(task -> Thread.ofVirtual().start(task));
        server.start();
    }

    public Kind kind() {
        return dialect.kind();
    }

    /** Pull requests, comments, statuses and who may write. */
    public ForgeState state() {
        return state;
    }

    /** {@code 127.0.0.1:port}, as the Instance names it. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** URL of its API, as the Instance names it. */
    public String api() {
        return "http://" + host() + dialect.kind().base;
    }

    /** Fails from now on. */
    public void fail(Fault how) {
        fail(how, _ -> true);
    }

    /** Fails from now on, for some questions. */
    public void fail(Fault how, Predicate<Asked> which) {
        faulty = which;
        fault = how;
    }

    /** Says these header fields with each answer from now on. */
    public void say(Map<String, String> fields) {
        extra = fields;
    }

    /** Does something right before it answers that page, once. */
    public void beforePage(int number, Runnable action) {
        synchronized (beforePages) {
            beforePages.put(number, action);
        }
    }

    /** All that it was asked. */
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    List<Said> said() {
        return List.copyOf(said);
    }

    @Override
    public void close() {
        ends.countDown();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Asked question = read(exchange);
            asked.add(question);
            Runnable first = before(question);
            if (first != null) {
                first.run();
            }
            Fault now = faulty.test(question) ? fault : Fault.NONE;
            if (now == Fault.SILENT) {
                await();
                return;
            }
            Reply reply = faulted(now, exchange);
            if (reply == null) {
                reply = dialect.answer(question);
                if (reply.name() != null) {
                    said.add(new Said(reply.name(), question, reply.body()));
                }
                reply = now == Fault.NONE ? reply : spoilt(now, reply);
            }
            write(exchange, reply, now == Fault.HANGS);
        }
    }

    private Asked read(HttpExchange exchange) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        exchange.getRequestHeaders()
                .forEach((k, v) -> fields.put(k.toLowerCase(Locale.ROOT), v.getFirst()));
        String path = exchange.getRequestURI().getRawPath();
        String base = dialect.kind().base;
        return new Asked(
                exchange.getRequestMethod(),
                path.startsWith(base + "/") ? path.substring(base.length()) : "/nowhere",
                Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""),
                fields,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    private @Nullable Runnable before(Asked question) {
        synchronized (beforePages) {
            for (Integer page : List.copyOf(beforePages.keySet())) {
                if (question.isPage(page)) {
                    return beforePages.remove(page);
                }
            }
            return null;
        }
    }

    /** What is answered without looking at the question; {@code null} = the right answer, or so. */
    private static @Nullable Reply faulted(Fault fault, HttpExchange exchange) {
        return switch (fault) {
            case NONE, TRUNCATED, OTHER_JSON, OTHER_NUMBER, HUGE, HANGS, SILENT -> null;
            case HTML -> Reply.html(200, "<html><body>Sign in</body></html>");
            case BAD_GATEWAY_HTML -> Reply.html(502, "<html>Bad gateway</html>");
            case SERVER_ERROR -> Reply.error(500, "Oops");
            case UNAUTHORIZED -> Reply.error(401, "Bad credentials");
            case FORBIDDEN -> Reply.error(403, "Resource not accessible");
            case NOT_FOUND -> Reply.error(404, "Not Found");
            case TOO_MANY -> Reply.error(429, "Slow down").with("Retry-After", "17");
            case USED_UP ->
                    Reply.error(403, "API rate limit exceeded")
                            .with("X-RateLimit-Remaining", "0")
                            .with(
                                    "X-RateLimit-Reset",
                                    Long.toString(System.currentTimeMillis() / 1000 + 120));
            case SECONDARY -> Reply.error(403, "You have exceeded a secondary rate limit");
            case AWAY -> Reply.error(503, "Upgrading").with("Retry-After", "17");
            case ECHO -> Reply.error(403, exchange.getRequestHeaders().entrySet().toString());
            case ELSEWHERE ->
                    Reply.error(301, "Moved").with("Location", "http://localhost:1/elsewhere");
            case ROUND ->
                    Reply.error(302, "Round").with("Location", exchange.getRequestURI().toString());
        };
    }

    private static Reply spoilt(Fault fault, Reply reply) {
        return switch (fault) {
            case TRUNCATED ->
                    reply.saying(reply.body().substring(0, Math.max(1, reply.body().length() / 2)));
            case HUGE -> reply.saying(reply.body() + " ".repeat(16 << 20));
            case OTHER_NUMBER ->
                    reply.saying(reply.body().replaceAll("\"(number|iid)\":", "\"$1\":1"));
            case OTHER_JSON -> reply.saying(reply.body().startsWith("[") ? "{}" : "[]");
            default -> reply;
        };
    }

    private void write(HttpExchange exchange, Reply reply, boolean hangs) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        reply.fields().forEach(exchange.getResponseHeaders()::set);
        extra.forEach(exchange.getResponseHeaders()::set);
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        if (reply.status() == 304) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        exchange.sendResponseHeaders(reply.status(), hangs ? body.length + 1000L : body.length);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        if (hangs) {
            await();
        }
    }

    private void await() {
        try {
            ends.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * An answer.
     *
     * @param name of its schema; {@code null} = it is an error
     */
    record Reply(
            @Nullable String name,
            int status,
            String type,
            Map<String, String> fields,
            String body) {
        private static final String JSON = "application/json; charset=utf-8";

        static Reply of(String name, int status, @Nullable Object content) {
            String body = content == null ? "null" : Json.write(content);
            return new Reply(name, status, JSON, Map.of(), body);
        }

        static Reply error(int status, String message) {
            return new Reply(null, status, JSON, Map.of(), Json.write(Map.of("message", message)));
        }

        static Reply html(int status, String page) {
            return new Reply(null, status, "text/html", Map.of(), page);
        }

        Reply with(String field, String value) {
            Map<String, String> all = new LinkedHashMap<>(fields);
            all.put(field, value);
            return new Reply(name, status, type, all, body);
        }

        Reply saying(String other) {
            return new Reply(name, status, type, fields, other);
        }

        Reply as(int other) {
            return new Reply(null, other, type, fields, body);
        }
    }
}
