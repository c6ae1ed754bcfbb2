package dev.berth.reconciler.engine;

import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.testing.DebianPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final int port;
    private @Nullable Process process;

    private RealRegistry(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts one that keeps its images there. */
    static RealRegistry start(Path directory) throws IOException {
        RealRegistry made = new RealRegistry(directory, DebianPrograms.freePort());
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
        Path program = DebianPrograms.find("usr/bin/docker-registry", List.of("docker-registry"));
        Process started =
                new ProcessBuilder(
                                program.toString(),
                                "serve",
                                directory.resolve("config.yml").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        process = started;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> DebianPrograms.isReached(port) || !started.isAlive());
        if (!started.isAlive()) {
            throw new IllegalStateException(
                    "the registry does not start: " + Files.readString(directory.resolve("log")));
        }
    }

    @Override
    public void close() {
        stop();
    }
}
