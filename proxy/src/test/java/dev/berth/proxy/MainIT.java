package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The edge as a process of its own. */
class MainIT {
    @TempDir private Path home;

    @Test
    void start_portTaken_saysWhichInOneLineAndExits1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Process edge = start(Map.of("BERTH_HTTP_PORT", Integer.toString(taken.getLocalPort())));

            assertThat(edge.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(edge.exitValue()).isEqualTo(1);
            assertThat(log())
                    .contains(
                            "port %d is already taken".formatted(taken.getLocalPort()),
                            "--http PORT",
                            "BERTH_HTTP_PORT")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void start_badEnvironment_namesTheVariableAndExits1() throws Exception {
        Process edge = start(Map.of("BERTH_HTTP_PORT", "http"));

        assertThat(edge.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(edge.exitValue()).isEqualTo(1);
        assertThat(log()).startsWith("BERTH_HTTP_PORT is \"http\": expected a port");
    }

    @Test
    void sigterm_requestInFlight_isAnsweredAndTheExitIs0() throws Exception {
        int port = freePort();
        CountDownLatch answer = new CountDownLatch(1);
        TestBackend slow =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            answer.await();
                            conversation.send(TestBackend.ok("late"));
                        });
        try (TestBackend backend = slow) {
            serve(backend);
            Process edge = start(Map.of("BERTH_HTTP_PORT", Integer.toString(port)));
            await().until(() -> answers(port));
            try (RawClient busy = RawClient.connect(port);
                    RawClient idle = RawClient.connect(port)) {
                busy.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
                idle.send("GET / HTTP/1.1\r\nHost: x.test\r\n\r\n");
                assertThat(idle.response().status()).isEqualTo(404);
                await().until(() -> !backend.heads().isEmpty());

                edge.destroy();

                assertThat(idle.rest()).isEmpty();
                await().until(() -> !answers(port));
                answer.countDown();
                RawClient.Response response = busy.response();
                assertThat(response.body()).isEqualTo("late");
                assertThat(response.field("connection")).isEqualTo("close");
            }
            assertThat(edge.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(edge.exitValue()).isZero();
            assertThat(home.resolve("edge/access.log")).content().contains("\"app\":\"a\"");
        }
    }

    @Test
    void kill_restarted_servesTheLastGoodSnapshotAgain() throws Exception {
        int port = freePort();
        try (TestBackend backend = TestBackend.saying("still here")) {
            serve(backend);
            for (int i = 0; i < 2; i++) {
                Process edge = start(Map.of("BERTH_HTTP_PORT", Integer.toString(port)));
                await().until(() -> answers(port));
                assertThat(RawClient.get(port, "a.test", "/").body()).isEqualTo("still here");
                edge.destroyForcibly().waitFor();
            }
        }
    }

    private void serve(TestBackend backend) throws IOException {
        Path edge = Files.createDirectories(home.resolve("edge"));
        Files.writeString(
                edge.resolve("snapshot.json"),
                Json.write(Routes.snapshot(1, Routes.proxy("a.test", backend.address()))));
    }

    private Process start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        builder.environment().put("BERTH_HOME", home.toString());
        builder.environment().put("BERTH_HTTPS_PORT", "0");
        builder.environment().put("BERTH_CONTROL_URL", "http://127.0.0.1:9");
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true)
                .redirectOutput(home.resolve("edge.log").toFile())
                .start();
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("edge.log"));
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
