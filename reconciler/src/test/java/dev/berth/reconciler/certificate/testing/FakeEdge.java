package dev.berth.reconciler.certificate.testing;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.traffic.EdgeCertificates;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An edge of which only the answers to challenges are real. */
public final class FakeEdge implements EdgeCertificates, AutoCloseable {
    private final HttpServer server;
    private final List<List<Certificate>> given = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile List<Challenge> challenges = List.of();
    private volatile boolean present = true;

    private FakeEdge(HttpServer server) {
        this.server = server;
    }

    public static FakeEdge start() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FakeEdge made = new FakeEdge(server);
        server.createContext(
                "/.well-known/acme-challenge/",
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    made.asked.add(exchange.getRequestHeaders().getFirst("Host"));
                    String answer = made.answer(path.substring(path.lastIndexOf('/') + 1));
                    byte[] body =
                            (answer == null ? "" : answer).getBytes(StandardCharsets.US_ASCII);
                    exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        return made;
    }

    private @Nullable String answer(String token) {
        return challenges.stream()
                .filter(each -> each.token().equals(token))
                .map(Challenge::answer)
                .findFirst()
                .orElse(null);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** It is there, or not. */
    public void present(boolean there) {
        present = there;
    }

    /** What it was given last. */
    public List<Certificate> serves() {
        return given.isEmpty() ? List.of() : given.getLast();
    }

    /** All that it was given, the first first. */
    public List<List<Certificate>> given() {
        return List.copyOf(given);
    }

    public List<Challenge> challenges() {
        return challenges;
    }

    /** Hosts that it was asked for, with ports. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void serve(List<Certificate> all) {
        given.add(List.copyOf(all));
    }

    @Override
    public void serveAlso(List<Certificate> some) {
        Snapshot before = new Snapshot(1, RouteTable.EMPTY, List.of(), serves());
        serve(
                new Snapshot(2, RouteTable.EMPTY, List.of(), some, List.of(), true)
                        .after(before)
                        .certificates());
    }

    @Override
    public void answer(List<Challenge> all) {
        challenges = List.copyOf(all);
    }

    @Override
    public boolean awaitServed(Duration deadline) {
        return present;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
