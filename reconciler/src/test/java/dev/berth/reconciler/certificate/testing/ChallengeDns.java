package dev.berth.reconciler.certificate.testing;

import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.testing.DebianPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A name server that answers what it is told to: every host is on loopback, until told else. */
public final class ChallengeDns implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private final int management;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();

    private ChallengeDns(int port, int management, Process process) {
        this.port = port;
        this.management = management;
        this.process = process;
    }

    public static ChallengeDns start(Path directory) throws IOException {
        Files.createDirectories(directory);
        int port = DebianPrograms.freePort();
        int management = DebianPrograms.freePort();
        Process process =
                new ProcessBuilder(
                                Pebble.challengeServer().toString(),
                                "-dns01",
                                "127.0.0.1:" + port,
                                "-management",
                                "127.0.0.1:" + management,
                                "-http01",
                                "",
                                "-https01",
                                "",
                                "-tlsalpn01",
                                "",
                                "-defaultIPv6",
                                "",
                                "-defaultIPv4",
                                "127.0.0.1")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("challtestsrv.log").toFile())
                        .start();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () ->
                                (DebianPrograms.isReached(port)
                                                && DebianPrograms.isReached(management))
                                        || !process.isAlive());
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "no name server: " + Files.readString(directory.resolve("challtestsrv.log")));
        }
        return new ChallengeDns(port, management, process);
    }

    public int port() {
        return port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A host has that address from now on. */
    public void address(String host, String address) throws IOException, InterruptedException {
        tell("/add-a", "{\"host\":\"%s.\",\"addresses\":[\"%s\"]}".formatted(host, address));
    }

    /** It is on loopback again. */
    public void clear(String host) throws IOException, InterruptedException {
        tell("/clear-a", "{\"host\":\"%s.\"}".formatted(host));
    }

    /** It has that CAA record. */
    public void caa(String host, String tag, String value)
            throws IOException, InterruptedException {
        tell(
                "/add-caa",
                "{\"host\":\"%s.\",\"policies\":[{\"tag\":\"%s\",\"value\":\"%s\"}]}"
                        .formatted(host, tag, value));
    }

    private void tell(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + answer.body());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
