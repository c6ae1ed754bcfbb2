package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.EdgeProcess;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The edge as a process of its own. */
class MainIT {
    /** Of a machine that does much else. */
    private static final Duration START = Duration.ofSeconds(40);

    @TempDir private Path home;

    @Test
    void start_portTaken_saysWhichInOneLineAndExits1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Process edge = start(Map.of("BERTH_HTTP_PORT", Integer.toString(taken.getLocalPort())));

            assertThat(edge.waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
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

        assertThat(edge.waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(edge.exitValue()).isEqualTo(1);
        assertThat(log()).startsWith("BERTH_HTTP_PORT is \"http\": expected a port");
    }

    @Test
    void sigterm_requestInFlight_isAnsweredAndTheExitIs0() throws Exception {
        int port = EdgeProcess.freePort();
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
            await().atMost(START).until(() -> answers(port));
            try (RawClient busy = RawClient.connect(port);
                    RawClient idle = RawClient.connect(port)) {
                busy.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
                idle.send("GET / HTTP/1.1\r\nHost: x.test\r\n\r\n");
                assertThat(idle.response().status()).isEqualTo(404);
                await().atMost(START).until(() -> !backend.heads().isEmpty());

                edge.destroy();

                assertThat(idle.rest()).isEmpty();
                await().atMost(START).until(() -> !answers(port));
                answer.countDown();
                RawClient.Response response = busy.response();
                assertThat(response.body()).isEqualTo("late");
                assertThat(response.field("connection")).isEqualTo("close");
            }
            assertThat(edge.waitFor(START.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(edge.exitValue()).isZero();
            assertThat(home.resolve("edge/access.log")).content().contains("\"app\":\"a\"");
        }
    }

    @Test
    void kill_restarted_servesTheLastGoodSnapshotAgain() throws Exception {
        int port = EdgeProcess.freePort();
        try (TestBackend backend = TestBackend.saying("still here")) {
            serve(backend);
            for (int i = 0; i < 2; i++) {
                Process edge = start(Map.of("BERTH_HTTP_PORT", Integer.toString(port)));
                await().atMost(START).until(() -> answers(port));
                assertThat(RawClient.get(port, "a.test", "/").body()).isEqualTo("still here");
                edge.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void snapshotTruncated_restarted_servesTheOneBefore() throws Exception {
        int port = EdgeProcess.freePort();
        FakeControl control = FakeControl.start();
        try (TestBackend old = TestBackend.saying("one before");
                TestBackend next = TestBackend.saying("newest")) {
            Files.writeString(home.resolve("token"), "secret\n");
            Map<String, String> environment =
                    Map.of(
                            "BERTH_HTTP_PORT", Integer.toString(port),
                            "BERTH_CONTROL_URL", control.url().toString(),
                            "BERTH_EDGE_TOKEN_FILE", home.resolve("token").toString());
            control.publish(Routes.snapshot(1, Routes.proxy("a.test", old.address())));
            Process edge = start(environment);
            await().atMost(START).until(() -> reported(control, 1));
            control.publish(Routes.snapshot(2, Routes.proxy("a.test", next.address())));
            await().atMost(START).until(() -> reported(control, 2));
            edge.destroyForcibly().waitFor();
            control.close();

            // Control is down, and so is its database.
            edge = start(environment);
            await().atMost(START).until(() -> answers(port));
            assertThat(RawClient.get(port, "a.test", "/").body()).isEqualTo("newest");
            edge.destroyForcibly().waitFor();

            Path newest = home.resolve("edge/snapshot.json");
            String whole = Files.readString(newest);
            Files.writeString(newest, whole.substring(0, whole.length() / 2));
            edge = start(environment);
            await().atMost(START).until(() -> answers(port));
            assertThat(RawClient.get(port, "a.test", "/").body()).isEqualTo("one before");
            assertThat(log()).contains("snapshot.json cannot be used", "serving an older one");
            edge.destroyForcibly().waitFor();
        } finally {
            control.close();
        }
    }

    @Test
    void systemd_socketsFromDescriptor3On_areServedAndOutliveACrash() throws Exception {
        try (TestBackend backend = TestBackend.saying("activated")) {
            serve(backend);
            Path ports = home.resolve("ports");
            Process systemd = start(activating(ports), Map.of());
            try {
                await().atMost(START)
                        .until(() -> Files.exists(ports) && Files.readString(ports).endsWith("\n"));
                String[] numbers = Files.readString(ports).strip().split(" ");
                int http = Integer.parseInt(numbers[0]);
                assertThat(RawClient.get(http, "a.test", "/").body()).isEqualTo("activated");
                assertThat(log())
                        .contains(
                                "serving http on port %s, https on port %s"
                                        .formatted((Object[]) numbers));

                long first = systemd.children().findFirst().orElseThrow().pid();
                systemd.children().forEach(ProcessHandle::destroyForcibly);

                // Nobody is refused in between: the connection waits for the next edge.
                assertThat(RawClient.get(http, "a.test", "/").body()).isEqualTo("activated");
                assertThat(systemd.children().findFirst().orElseThrow().pid()).isNotEqualTo(first);
            } finally {
                List<ProcessHandle> edges = systemd.children().toList();
                systemd.destroyForcibly().waitFor();
                edges.forEach(ProcessHandle::destroyForcibly);
            }
        }
    }

    /**
     * Does what systemd does for a service with two socket units, and starts it again at its end.
     */
    private static List<String> activating(Path ports) {
        String script =
                """
                use Socket; use POSIX ();
                my ($file, @edge) = @ARGV;
                my @ports;
                for my $fd (3, 4) {
                  my $s; socket($s, AF_INET, SOCK_STREAM, 0) and bind($s, sockaddr_in(0, INADDR_LOOPBACK)) and listen($s, 64) or die $!;
                  push @ports, (sockaddr_in(getsockname $s))[0];
                  push @sockets, $s;
                  POSIX::dup2(fileno($s), $fd + 20) or die $!;
                }
                close $_ for @sockets;
                for my $fd (3, 4) { POSIX::dup2($fd + 20, $fd); POSIX::close($fd + 20) }
                open my $out, '>', $file or die $!; print $out "@ports\\n"; close $out;
                while (1) {
                  my $pid = fork;
                  if (!$pid) {
                    @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 2, 'http:https');
                    exec @edge;
                  }
                  waitpid $pid, 0;
                }
                """;
        List<String> command = new ArrayList<>(List.of("perl", "-e", script, ports.toString()));
        command.addAll(EdgeProcess.command());
        return command;
    }

    private static boolean reported(FakeControl control, long version) {
        EdgeReport last = control.lastReport();
        return last != null && last.version() == version;
    }

    /** The shell lowers the limit for the edge alone. */
    @Test
    void files_allInUse_edgeWaitsWithoutSpinningAndServesAgain() throws Exception {
        int port = EdgeProcess.freePort();
        List<Socket> sockets = new ArrayList<>();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh"));
        command.addAll(EdgeProcess.command());
        try (TestBackend backend = TestBackend.saying("still here")) {
            serve(backend);
            Process edge = start(command, Map.of("BERTH_HTTP_PORT", Integer.toString(port)));
            await().atMost(START).until(() -> answers(port));
            assertThat(RawClient.get(port, "a.test", "/").body()).isEqualTo("still here");
            for (int i = 0; i < 400; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
            }
            Duration before = cpu(edge);
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
            assertThat(cpu(edge).minus(before)).isLessThan(Duration.ofMillis(1500));
            assertThat(edge.isAlive()).isTrue();

            for (Socket socket : sockets) {
                socket.close();
            }
            await().atMost(START)
                    .ignoreExceptions()
                    .until(() -> RawClient.get(port, "a.test", "/").body().equals("still here"));
            edge.destroyForcibly().waitFor();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Duration cpu(Process process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Test
    void start_withoutHttp3_loadsNothingOfQuic() throws Exception {
        int port = EdgeProcess.freePort();
        Path classes = home.resolve("classes.log");
        Process edge =
                start(
                        Map.of(
                                "BERTH_HTTP_PORT",
                                Integer.toString(port),
                                "JDK_JAVA_OPTIONS",
                                "-Xlog:class+load:file=" + classes));
        await().until(() -> answers(port));
        edge.destroy();
        assertThat(edge.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThat(Files.readString(classes))
                .contains("dev.berth.proxy.Edge ")
                .doesNotContain("dev.berth.proxy.h3.")
                .doesNotContain("netty.handler.codec.quic")
                .doesNotContain("netty.handler.codec.http3");
    }

    private void serve(TestBackend backend) throws IOException {
        Path edge = Files.createDirectories(home.resolve("edge"));
        Files.writeString(
                edge.resolve("snapshot.json"),
                Json.write(Routes.snapshot(1, Routes.proxy("a.test", backend.address()))));
    }

    private Process start(Map<String, String> environment) throws IOException {
        return start(EdgeProcess.command(), environment);
    }

    private Process start(List<String> command, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
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
}
