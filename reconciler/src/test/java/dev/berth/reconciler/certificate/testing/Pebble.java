package dev.berth.reconciler.certificate.testing;

import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.certificate.CertificateKeys;
import dev.berth.reconciler.testing.DebianPrograms;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real authority, Debian's {@code pebble}, which validates what it is asked for. It keeps all in
 * memory: stopped and started again it knows no account and has another root.
 */
public final class Pebble implements AutoCloseable {
    private static final List<String> PACKAGES = List.of("pebble");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final int port;
    private final int management;
    private final Setup setup;
    private final TestAuthority own = new TestAuthority();
    private final HttpClient client;
    private @Nullable Process process;

    /**
     * How it is.
     *
     * @param httpPort where it looks for answers, in place of port 80
     * @param dns port of the name server that it asks, on loopback
     * @param lifetime of its certificates
     * @param hmac key of the account that new ones must be bound to, {@code kid-1}; {@code null} =
     *     none
     * @param environment such as {@code PEBBLE_WFE_NONCEREJECT}
     */
    public record Setup(
            int httpPort,
            int dns,
            Duration lifetime,
            @Nullable String hmac,
            Map<String, String> environment) {
        public Setup {
            environment = Map.copyOf(environment);
        }

        /** One of ninety days, that rejects no nonce. */
        public static Setup usual(int httpPort, int dns) {
            return new Setup(
                    httpPort,
                    dns,
                    Duration.ofDays(90),
                    null,
                    Map.of("PEBBLE_WFE_NONCEREJECT", "0", "PEBBLE_AUTHZREUSE", "0"));
        }

        public Setup with(String name, String value) {
            Map<String, String> more = new HashMap<>(environment);
            more.put(name, value);
            return new Setup(httpPort, dns, lifetime, hmac, more);
        }

        public Setup bound(String key) {
            return new Setup(httpPort, dns, lifetime, key, environment);
        }

        public Setup of(Duration shorter) {
            return new Setup(httpPort, dns, shorter, hmac, environment);
        }
    }

    private Pebble(Path directory, int port, int management, Setup setup) {
        this.directory = directory;
        this.port = port;
        this.management = management;
        this.setup = setup;
        this.client =
                HttpClient.newBuilder().sslContext(TestAuthority.trusting(own.trust())).build();
    }

    /** Starts one that works there. */
    public static Pebble start(Path directory, Setup setup) throws IOException {
        Files.createDirectories(directory);
        Pebble made =
                new Pebble(directory, DebianPrograms.freePort(), DebianPrograms.freePort(), setup);
        KeyPair key = CertificateKeys.generate();
        TestAuthority.Issued server =
                made.own.issue(
                        List.of("localhost", "127.0.0.1"),
                        Instant.now().minus(Duration.ofDays(1)),
                        Instant.now().plus(Duration.ofDays(2)),
                        key);
        Files.writeString(directory.resolve("cert.pem"), server.chain());
        Files.writeString(directory.resolve("key.pem"), server.key());
        String external =
                setup.hmac() == null
                        ? ""
                        : ",\"externalAccountBindingRequired\":true,\"externalAccountMACKeys\":{\"kid-1\":\"%s\"}"
                                .formatted(setup.hmac());
        Files.writeString(
                directory.resolve("pebble.json"),
                """
                {"pebble":{"listenAddress":"127.0.0.1:%d","managementListenAddress":"127.0.0.1:%d",
                "certificate":"cert.pem","privateKey":"key.pem","httpPort":%d,"tlsPort":1,
                "ocspResponderURL":"","certificateValidityPeriod":%d%s}}
                """
                        .formatted(
                                made.port,
                                made.management,
                                setup.httpPort(),
                                setup.lifetime().toSeconds(),
                                external));
        made.goOn();
        return made;
    }

    public URI url() {
        return URI.create("https://127.0.0.1:" + port + "/dir");
    }

    /** What its server is trusted by. */
    public String trust() {
        return own.trust();
    }

    /** What its certificates are trusted by, in PEM. */
    public String root() throws IOException, InterruptedException {
        return ask("/roots/0");
    }

    /** Valid, Revoked. */
    public String status(String serial) throws IOException, InterruptedException {
        return ask("/cert-status-by-serial/" + serial);
    }

    private String ask(String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + management + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** It is gone, and with it all that it knew. */
    public void stop() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /** It is there, and knows nobody. */
    public void goOn() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                DebianPrograms.find("usr/bin/pebble", PACKAGES).toString(),
                                "-config",
                                "pebble.json",
                                "-dnsserver",
                                "127.0.0.1:" + setup.dns(),
                                "-strict")
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("pebble.log").toFile());
        builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
        builder.environment().putAll(setup.environment());
        Process started = builder.start();
        process = started;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () ->
                                (DebianPrograms.isReached(port)
                                                && DebianPrograms.isReached(management))
                                        || !started.isAlive());
        if (!started.isAlive()) {
            throw new IllegalStateException(
                    "pebble does not start: " + Files.readString(directory.resolve("pebble.log")));
        }
    }

    /** Path of the program that answers DNS in its tests. */
    static Path challengeServer() throws IOException {
        return DebianPrograms.find("usr/bin/pebble-challtestsrv", PACKAGES);
    }

    @Override
    public void close() {
        stop();
    }
}
