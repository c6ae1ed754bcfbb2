package dev.berth.reconciler.certificate.testing;

import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.testing.DebianPrograms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * A real BIND with one zone, {@code berth.test}, of which each name is on loopback and whose
 * challenges take updates that are signed with its key.
 */
public final class Bind implements AutoCloseable {
    /** Name of the key, HMAC with SHA-256. */
    public static final String KEY = "berth";

    private static final List<String> PACKAGES =
            List.of(
                    "bind9",
                    "bind9-libs",
                    "libjemalloc2",
                    "libmaxminddb0",
                    "libfstrm0",
                    "libprotobuf-c1",
                    "libuv1",
                    "liblmdb0",
                    "libnghttp2-14",
                    "libjson-c5",
                    "libxml2",
                    "libcap2");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private final String secret;
    private final Process process;

    private Bind(int port, String secret, Process process) {
        this.port = port;
        this.secret = secret;
        this.process = process;
    }

    public static Bind start(Path directory) throws IOException {
        Files.createDirectories(directory);
        int port = DebianPrograms.freePort();
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        String secret = Base64.getEncoder().encodeToString(bytes);
        Files.writeString(
                directory.resolve("named.conf"),
                """
                key "%s" { algorithm hmac-sha256; secret "%s"; };
                options { directory "%s"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
                  recursion no; pid-file "named.pid"; session-keyfile "session.key";
                  dnssec-validation no; };
                controls { };
                zone "berth.test" { type master; file "zone"; update-policy {
                  grant %s name _acme-challenge.berth.test. TXT;
                  grant %s wildcard *.berth.test. TXT; }; };
                """
                        .formatted(KEY, secret, directory, port, KEY, KEY));
        Files.writeString(
                directory.resolve("zone"),
                """
                $TTL 1
                @ IN SOA ns.berth.test. admin.berth.test. ( 1 60 60 600 1 )
                @ IN NS ns.berth.test.
                @ IN A 127.0.0.1
                * IN A 127.0.0.1
                ns IN A 127.0.0.1
                """);
        Path program = DebianPrograms.find("usr/sbin/named", PACKAGES);
        ProcessBuilder builder =
                new ProcessBuilder(
                                program.toString(),
                                "-f",
                                "-c",
                                directory.resolve("named.conf").toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("named.log").toFile());
        if (program.startsWith(DebianPrograms.UNPACKED)) {
            builder.environment()
                    .put(
                            "LD_LIBRARY_PATH",
                            DebianPrograms.UNPACKED.resolve("usr/lib/x86_64-linux-gnu").toString());
        }
        Process started = builder.start();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> DebianPrograms.isReached(port) || !started.isAlive());
        if (!started.isAlive()) {
            throw new IllegalStateException(
                    "BIND does not start: " + Files.readString(directory.resolve("named.log")));
        }
        return new Bind(port, secret, started);
    }

    public int port() {
        return port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The key, in base64. */
    public String secret() {
        return secret;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
