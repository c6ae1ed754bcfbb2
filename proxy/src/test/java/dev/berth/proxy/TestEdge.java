package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.listen.Transport;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An edge on a free port with a directory of its own; its control, unless given, is down. */
final class TestEdge implements AutoCloseable {
    private static final URI NOWHERE = URI.create("http://127.0.0.1:9");

    /** {@code -Dberth.edge.io=io_uring} has every test here run on that. */
    private static final Transport.Wanted IO =
            EdgeConfig.fromEnvironment(
                            Map.of(
                                    "BERTH_HOME",
                                    "/nowhere",
                                    "BERTH_EDGE_IO",
                                    System.getProperty("berth.edge.io", "auto")))
                    .io();

    private final Edge edge;
    private final Path home;
    private final boolean ownsHome;
    private long version;
    private FrontProxies front = FrontProxies.NONE;
    private List<Challenge> challenges = List.of();

    private TestEdge(Edge edge, Path home, boolean ownsHome) {
        this.edge = edge;
        this.home = home;
        this.ownsHome = ownsHome;
    }

    static TestEdge start() {
        return start(Timeouts.DEFAULT);
    }

    static TestEdge start(Timeouts timeouts) {
        return start(timeouts, ConnectionLimits.DEFAULT);
    }

    static TestEdge start(Timeouts timeouts, ConnectionLimits connections) {
        try {
            return start(Files.createTempDirectory("edge"), NOWHERE, timeouts, connections, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With HTTP/3, which clients are told of as soon as this returns. */
    static TestEdge startHttp3() {
        return startHttp3(Timeouts.DEFAULT, ConnectionLimits.DEFAULT);
    }

    static TestEdge startHttp3(Timeouts timeouts, ConnectionLimits connections) {
        try {
            Path home = Files.createTempDirectory("edge");
            return offering(start(home, NOWHERE, 0, true, timeouts, connections, true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In that directory, with HTTP/3. */
    static TestEdge startHttp3(Path home) {
        return startHttp3(home, NOWHERE);
    }

    /** In that directory, with that control and HTTP/3. */
    static TestEdge startHttp3(Path home, URI control) {
        return offering(
                start(home, control, 0, true, Timeouts.DEFAULT, ConnectionLimits.DEFAULT, false));
    }

    private static TestEdge offering(TestEdge started) {
        await().atMost(Duration.ofSeconds(55)).until(started.edge::offersHttp3);
        return started;
    }

    static TestEdge start(Path home, URI control, Timeouts timeouts) {
        return start(home, control, timeouts, ConnectionLimits.DEFAULT, false);
    }

    /** In that directory, with TLS on that port. */
    static TestEdge startTls(Path home, int httpsPort) {
        return start(
                home, NOWHERE, httpsPort, false, Timeouts.DEFAULT, ConnectionLimits.DEFAULT, false);
    }

    /** In that directory, with sockets come by like this. */
    static TestEdge start(Path home, URI control, Edge.Start start) throws IOException {
        return start(home, control, start, IO);
    }

    /** The same, with sockets that are served in that way. */
    static TestEdge start(Path home, URI control, Edge.Start start, Transport.Wanted io)
            throws IOException {
        Path token = Files.writeString(home.resolve("token"), "secret\n");
        EdgeConfig config =
                new EdgeConfig(
                        home,
                        control,
                        0,
                        0,
                        false,
                        0,
                        token,
                        Timeouts.DEFAULT,
                        ConnectionLimits.DEFAULT,
                        io);
        return new TestEdge(Edge.start(config, start), home, false);
    }

    private static TestEdge start(
            Path home,
            URI control,
            Timeouts timeouts,
            ConnectionLimits connections,
            boolean ownsHome) {
        return start(home, control, 0, false, timeouts, connections, ownsHome);
    }

    private static TestEdge start(
            Path home,
            URI control,
            int httpsPort,
            boolean http3,
            Timeouts timeouts,
            ConnectionLimits connections,
            boolean ownsHome) {
        try {
            Path token = home.resolve("token");
            Files.writeString(token, "secret\n");
            Edge edge =
                    Edge.start(
                            new EdgeConfig(
                                    home,
                                    control,
                                    0,
                                    httpsPort,
                                    http3,
                                    0,
                                    token,
                                    timeouts,
                                    connections,
                                    IO));
            return new TestEdge(edge, home, ownsHome);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Serves these routes and no others. */
    TestEdge serve(Route... routes) {
        version++;
        RouteTable table = new RouteTable(List.of(routes), front);
        assertThat(edge.apply(new Snapshot(version, table, List.of()))).as("applied").isTrue();
        return this;
    }

    /** Believes these proxies from the next table on. */
    TestEdge behind(FrontProxies proxies) {
        front = proxies;
        return this;
    }

    /** Answers these to certificate authorities from the next table with certificates on. */
    TestEdge answering(Challenge... asked) {
        challenges = List.of(asked);
        return this;
    }

    /** Serves these routes with these certificates. */
    TestEdge serve(List<Certificate> certificates, Route... routes) {
        version++;
        Snapshot snapshot =
                new Snapshot(
                        version,
                        new RouteTable(List.of(routes), front),
                        List.of(),
                        certificates,
                        challenges);
        assertThat(edge.apply(snapshot)).as("applied").isTrue();
        return this;
    }

    int port() {
        return edge.port();
    }

    int httpsPort() {
        return edge.httpsPort();
    }

    Edge edge() {
        return edge;
    }

    /** The value of a series without labels, now. */
    long metric(String name) {
        return edge.metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    Path home() {
        return home;
    }

    List<String> accessLog() {
        Path log = home.resolve("edge").resolve("access.log");
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        edge.close();
        if (!ownsHome) {
            return;
        }
        // Its threads may still write their last file.
        await().ignoreException(UncheckedIOException.class).until(this::deleted);
    }

    private boolean deleted() {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
