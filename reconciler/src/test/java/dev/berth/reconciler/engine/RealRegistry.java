package dev.berth.reconciler.engine;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A registry of this machine, Debian's {@code docker-registry}, that lets in one user. Where it is
 * not installed its package is fetched and unpacked, and nothing is installed.
 */
final class RealRegistry implements AutoCloseable {
    static final String USER = "ci";
    static final String PASSWORD = "s3cret-of-the-registry";

    /** Of the password above, by bcrypt. */
    private static final String HASH =
            "$2b$04$ZtslvrmdgVfuKW44XU2TSO0YaE62/fCMoUqcO7uOCj9n6SdLY.tmG";

    private static final Path UNPACKED = RealEngine.HOME.resolveSibling("test-registry");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int PATIENCE_MINUTES = 3;

    private final Path directory;
    private final int port;
    private @Nullable Process process;

    private RealRegistry(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts one that keeps its images there. */
    static RealRegistry start(Path directory) throws IOException {
        RealRegistry made = new RealRegistry(directory, freePort());
        Files.writeString(directory.resolve("users"), USER + ":" + HASH + "\n");
        Files.writeString(
                directory.resolve("config.yml"),
                """
                version: 0.1
                log: {level: warn, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: "127.0.0.1:%d"}
                auth: {htpasswd: {realm: test, path: %s}}
                """
                        .formatted(
                                directory.resolve("images"),
                                made.port,
                                directory.resolve("users")));
        made.goOn();
        return made;
    }

    /** As images are named with it; engines take it without TLS. */
    String host() {
        return "127.0.0.1:" + port;
    }

    /** Lets it be gone for a while. */
    void stop() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /** It is there, with the images that it had. */
    void goOn() throws IOException {
        Process started =
                new ProcessBuilder(
                                program().toString(),
                                "serve",
                                directory.resolve("config.yml").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        process = started;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> isReached() || !started.isAlive());
        if (!started.isAlive()) {
            throw new IllegalStateException(
                    "the registry does not start: " + Files.readString(directory.resolve("log")));
        }
    }

    private boolean isReached() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static Path program() throws IOException {
        Path installed = Path.of("/usr/bin/docker-registry");
        Path unpacked = UNPACKED.resolve("usr/bin/docker-registry");
        if (Files.isExecutable(installed)) {
            return installed;
        }
        if (!Files.isExecutable(unpacked)) {
            Files.createDirectories(UNPACKED);
            run(
                    "{ apt-get download -q docker-registry || { apt-get update -q &&"
                            + " apt-get download -q docker-registry; }; } &&"
                            + " dpkg-deb -x docker-registry_*.deb . && rm docker-registry_*.deb");
        }
        return unpacked;
    }

    private static void run(String script) throws IOException {
        Path log = UNPACKED.resolve("log");
        Process fetching =
                new ProcessBuilder(List.of("bash", "-c", script))
                        .directory(UNPACKED.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!fetching.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)
                    || fetching.exitValue() != 0) {
                fetching.destroyForcibly();
                throw new IllegalStateException(
                        "no registry for the tests (Debian's package docker-registry): "
                                + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
