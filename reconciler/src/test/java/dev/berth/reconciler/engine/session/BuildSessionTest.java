package dev.berth.reconciler.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.engine.session.BuildKitClient.Reply;
import dev.berth.reconciler.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BuildSessionTest {
    private static final SecretService SERVICE =
            new SecretService(new TreeMap<>(Map.of("npm", Secret.of("s3cret"))));
    private static final int PATIENCE_MILLIS = 20_000;

    private ServerSocket engine;

    @BeforeEach
    void listens() throws IOException {
        engine = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        engine.setSoTimeout(PATIENCE_MILLIS);
    }

    @AfterEach
    void stops() throws IOException {
        engine.close();
    }

    private CompletableFuture<BuildSession> open() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return BuildSession.open(engine.getLocalSocketAddress(), "id-1", SERVICE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static String head(Socket socket) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            head.write(socket.getInputStream().read());
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // what was under way
            }
            return true;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException _) {
            return true; // something of ours was not read any more
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void open_upgraded_tellsWhatItKnowsAndAnswers() throws Exception {
        CompletableFuture<BuildSession> opening = open();
        try (Socket socket = engine.accept()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            assertThat(head(socket))
                    .startsWith("POST /session HTTP/1.1\r\n")
                    .contains(
                            "\r\nUpgrade: h2c\r\n",
                            "\r\nX-Docker-Expose-Session-Uuid: id-1\r\n",
                            "-Grpc-Method: /moby.buildkit.secrets.v1.Secrets/GetSecret\r\n",
                            "-Grpc-Method: /grpc.health.v1.Health/Check\r\n");
            say(socket, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
            BuildSession session = opening.get(20, TimeUnit.SECONDS);
            BuildKitClient client = new BuildKitClient();
            byte[] said =
                    client.call(
                            "/moby.buildkit.secrets.v1.Secrets/GetSecret",
                            BuildKitClient.wanted("npm"));
            socket.getOutputStream().write(said);
            byte[] buffer = new byte[8192];
            while (client.replies().isEmpty()) {
                int read = socket.getInputStream().read(buffer);
                assertThat(read).isPositive();
                socket.getOutputStream().write(client.take(Arrays.copyOf(buffer, read)));
            }
            assertThat(client.replies()).extracting(Reply::status).containsExactly("0");

            session.close();
            assertThat(ends(socket)).isTrue();
        }
    }

    @Test
    void open_refused_saysTheAnswer() throws Exception {
        CompletableFuture<BuildSession> opening = open();
        try (Socket socket = engine.accept()) {
            head(socket);
            say(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

            assertThatThrownBy(() -> opening.get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(IOException.class)
                    .hasRootCauseMessage(
                            "the engine opens no session for a build: HTTP/1.1 404 Not Found");
        }
    }

    @Test
    void open_endsBeforeItsHead_fails() throws Exception {
        CompletableFuture<BuildSession> opening = open();
        engine.accept().close();

        assertThatThrownBy(() -> opening.get(20, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IOException.class);
    }
}
