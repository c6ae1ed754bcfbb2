package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine that accepts connections on its Unix socket and never answers, as one that is stopped
 * by a signal does: a call that is given up leaves no connection behind.
 */
final class SilentEngineTest {
    private final ServerSocketChannel server;
    private final DockerEngine engine;

    SilentEngineTest(@TempDir Path dir) throws IOException {
        Path socket = dir.resolve("docker.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        engine = new DockerEngine("unix://" + socket, null, InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        server.close();
    }

    @Test
    void call_interrupted_closesItsConnection() throws Exception {
        CompletableFuture<Transient> failure = new CompletableFuture<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        failure.complete(
                                                catchThrowableOfType(
                                                        Transient.class,
                                                        () -> engine.containers("home"))));

        try (SocketChannel connection = server.accept()) {
            readHead(connection);
            caller.interrupt();

            assertThat(failure.get(10, TimeUnit.SECONDS).reason()).isEqualTo(ReasonCode.Superseded);
            assertClosed(connection);
        }
    }

    @Test
    void stream_overItsDeadline_closesItsConnection() throws Exception {
        CompletableFuture<Transient> failure = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () ->
                                failure.complete(
                                        catchThrowableOfType(
                                                Transient.class,
                                                () ->
                                                        engine.pullImage(
                                                                "x/y:1", Duration.ofSeconds(1)))));

        try (SocketChannel connection = server.accept()) {
            readHead(connection);

            assertThat(failure.get(10, TimeUnit.SECONDS).reason()).isEqualTo(ReasonCode.PullFailed);
            assertClosed(connection);
        }
    }

    private static void readHead(SocketChannel connection) throws IOException {
        assertThat(connection.read(ByteBuffer.allocate(4096))).isPositive();
    }

    private static void assertClosed(SocketChannel connection) throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                read.complete(connection.read(ByteBuffer.allocate(4096)));
                            } catch (IOException e) {
                                read.completeExceptionally(e);
                            }
                        });
        assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    }
}
