package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.Routes;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An edge on a free port with a directory of its own; its control, unless given, is down. */
final class TestEdge implements AutoCloseable {
    private static final URI NOWHERE = URI.create("http://127.0.0.1:9");

    private final Edge edge;
    private final Path home;
    private long version;

    private TestEdge(Edge edge, Path home) {
        this.edge = edge;
        this.home = home;
    }

    static TestEdge start() {
        return start(Timeouts.DEFAULT);
    }

    static TestEdge start(Timeouts timeouts) {
        try {
            return start(Files.createTempDirectory("edge"), NOWHERE, timeouts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TestEdge start(Path home, URI control, Timeouts timeouts) {
        try {
            Path token = home.resolve("token");
            Files.writeString(token, "secret\n");
            Edge edge = Edge.start(new EdgeConfig(home, control, 0, 0, token, timeouts));
            return new TestEdge(edge, home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Serves these routes and no others. */
    TestEdge serve(Route... routes) {
        version++;
        assertThat(edge.apply(Routes.snapshot(version, routes))).as("applied").isTrue();
        return this;
    }

    int port() {
        return edge.port();
    }

    Edge edge() {
        return edge;
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
    }
}
