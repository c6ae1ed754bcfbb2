package dev.berth.proxy.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Control as the edge sees it: holds polls until there is news, and remembers reports. */
public final class FakeControl implements AutoCloseable {
    private static final long HOLD_MILLIS = 500;

    private final HttpServer server;
    private final Object lock = new Object();
    private final List<EdgeReport> reports = new CopyOnWriteArrayList<>();
    private final AtomicInteger polls = new AtomicInteger();
    private volatile int reportStatus = 204;
    private volatile int pollStatus;
    private @Nullable String snapshot;
    private long version;

    private FakeControl(HttpServer server) {
        this.server = server;
    }

    public static FakeControl start() {
        return start(0);
    }

    /** On that port; 0 picks a free one. */
    public static FakeControl start(int port) {
        try {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            FakeControl control = new FakeControl(server);
            server.createContext("/edge/v1/snapshots", control::poll);
            server.createContext("/edge/v1/reports", control::report);
            server.createContext("/", FakeControl::tell);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return control;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public void publish(Snapshot next) {
        publish(next.version(), Json.write(next));
    }

    /** Publishes any text as the snapshot of that version. */
    public void publish(long nextVersion, String json) {
        synchronized (lock) {
            version = nextVersion;
            snapshot = json;
            lock.notifyAll();
        }
    }

    /** Answers reports with this status from now on. */
    public void answerReports(int status) {
        reportStatus = status;
    }

    /** Answers polls with this status from now on; 0 = as it should be. */
    public void answerPolls(int status) {
        pollStatus = status;
    }

    public List<EdgeReport> reports() {
        return List.copyOf(reports);
    }

    public @Nullable EdgeReport lastReport() {
        List<EdgeReport> all = reports();
        return all.isEmpty() ? null : all.getLast();
    }

    public int polls() {
        return polls.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void poll(HttpExchange exchange) throws IOException {
        polls.incrementAndGet();
        if (refused(exchange) || pollStatus != 0) {
            answer(exchange, pollStatus == 0 ? 401 : pollStatus, "");
            return;
        }
        String have = exchange.getRequestURI().getQuery().substring("have=".length());
        String body;
        synchronized (lock) {
            long deadline = System.nanoTime() + HOLD_MILLIS * 1_000_000;
            while (snapshot == null || have.equals(Long.toString(version))) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                try {
                    lock.wait(left);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            body = have.equals(Long.toString(version)) ? null : snapshot;
        }
        answer(exchange, body == null ? 204 : 200, body == null ? "" : body);
    }

    /** Whatever else it is asked, it says what that was. */
    private static void tell(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        answer(
                exchange,
                202,
                "control: %s %s, %d bytes"
                        .formatted(
                                exchange.getRequestMethod(),
                                exchange.getRequestURI(),
                                body.length));
    }

    private void report(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (refused(exchange)) {
            answer(exchange, 401, "");
            return;
        }
        reports.add(Json.read(body, EdgeReport.class));
        answer(exchange, reportStatus, "");
    }

    private static boolean refused(HttpExchange exchange) {
        return !"Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }
}
