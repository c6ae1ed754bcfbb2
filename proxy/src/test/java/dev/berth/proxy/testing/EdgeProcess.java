package dev.berth.proxy.testing;

import dev.berth.proxy.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;

/** Edges as processes of their own, with one home; those that are left are killed at the end. */
public final class EdgeProcess implements AutoCloseable {
    private final Path home;
    private final Queue<Process> started = new ConcurrentLinkedQueue<>();

    public EdgeProcess(Path home) {
        this.home = home;
    }

    /** What starts an edge with these arguments. */
    public static List<String> command(String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    public Process start(Map<String, String> environment, String... arguments) {
        return run(command(arguments), environment);
    }

    /** Runs a command in the environment of an edge. */
    public Process run(List<String> command, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("BERTH_HOME", home.toString());
            builder.environment().put("BERTH_HTTPS_PORT", "0");
            builder.environment().put("BERTH_CONTROL_URL", "http://127.0.0.1:9");
            builder.environment().putAll(environment);
            Process process =
                    builder.redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            home.resolve("edge.log").toFile()))
                            .start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it is this process that serves. */
    public boolean serves(Process process) {
        try {
            Path serving = home.resolve("edge/serving");
            return Files.exists(serving)
                    && Files.readString(serving).strip().equals(Long.toString(process.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What they have written to their standard streams. */
    public String log() {
        try {
            return Files.readString(home.resolve("edge.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether somebody listens on the port. */
    public static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * One that nobody listens on. Not of those that the system gives to connections: it is listened
     * on a while later only, and other tests run at the same time.
     */
    public static int freePort() {
        while (true) {
            int port = RandomGenerator.getDefault().nextInt(20_000, 32_768);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException _) {
                // taken: another
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
