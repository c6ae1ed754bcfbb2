package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.testing.ChallengeDns;
import dev.berth.reconciler.certificate.testing.Pebble;
import dev.berth.reconciler.certificate.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A document names a host, and clients trust it by TLS: a real authority, validation and all. */
class CertificatesIT {
    @TempDir static Path directory;
    private static Berth berth = new Berth();
    private static ChallengeDns dns;
    private static Pebble pebble;
    private static String root = "";

    @BeforeAll
    static void up() throws Exception {
        berth = new Berth(directory);
        dns = ChallengeDns.start(directory.resolve("dns"));
        pebble =
                Pebble.start(
                        directory.resolve("pebble"), Pebble.Setup.usual(berth.http, dns.port()));
        root = pebble.root();
        berth.with("BERTH_NAME_SERVER", "127.0.0.1:" + dns.port())
                .with("BERTH_VALIDATION_PORT", Integer.toString(berth.http))
                .write("site/index.html", "<title>one</title>")
                .write("site.yaml", site("site"))
                .push("begin")
                .up();
        // The authority listens on this machine, which its owner has to allow.
        Files.writeString(
                Files.createDirectories(berth.home.resolve("keys")).resolve("alert-servers"),
                pebble.url().getAuthority() + "\n");
        berth.settings("acme: {directory: '%s', trust: ca.pem}".formatted(pebble.url()))
                .write("ca.pem", pebble.trust())
                .push("order certificates");
        berth.awaitBody("site", "/", "one");
    }

    @AfterAll
    static void down() {
        berth.close();
        dns.close();
        pebble.close();
    }

    private static String site(String name, String... domains) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: %s}
        spec:
          static: {path: site}
          domains: [%s]
        """
                .formatted(name, String.join(", ", domains));
    }

    private static String domain(String name, String host) {
        return """
        apiVersion: berth/v1
        kind: Domain
        metadata: {name: %s}
        spec: {host: %s, routes: [{app: site}]}
        """
                .formatted(name, host);
    }

    /** What is answered over TLS to one who trusts the authority alone; throws if it is another. */
    private static String trusted(String host) throws IOException {
        try (SSLSocket socket = connect(host)) {
            String request =
                    "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static X509Certificate certificate(String host) throws IOException {
        try (SSLSocket socket = connect(host)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLSocket connect(String host) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), berth.https);
        plain.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
        SSLSocket socket =
                (SSLSocket)
                        TestAuthority.trusting(root)
                                .getSocketFactory()
                                .createSocket(plain, host, berth.https, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    @Test
    void domain_committed_isServedByTlsThatClientsTrust_alsoByTheNextControl() throws Exception {
        berth.write("www.yaml", domain("www", "www.berth.test")).push("a host");

        berth.await("www.berth.test by TLS", () -> trusted("www.berth.test").contains("one"));
        berth.awaitCondition("domain/www", "CertificateReady", "True");
        assertThat(berth.get("www.berth.test", "/").statusCode())
                .as("once there is a certificate, http leads to https")
                .isEqualTo(308);

        X509Certificate before = certificate("www.berth.test");
        pebble.stop(); // nobody could be asked for another
        berth.kill("control");
        berth.write("kept.yaml", site("kept")).push("the next control works");
        berth.awaitBody("kept", "/", "one");
        assertThat(certificate("www.berth.test")).isEqualTo(before);

        berth.write("late.yaml", site("late", "late.berth.test")).push("nobody signs");
        berth.await(
                "late.berth.test without a certificate",
                () -> berth.get("late.berth.test", "/").body().contains("one"));
        berth.awaitCondition("app/late", "Ready", "True");
        berth.await(
                "what fails",
                () ->
                        berth.condition("app/late", "CertificateReady")
                                .path("reason")
                                .asString()
                                .equals("CertificateAuthorityFailed"));
        assertThat(berth.condition("app/late", "CertificateReady").path("message").asString())
                .contains("next try");
        assertThat(certificate("www.berth.test")).isEqualTo(before);
    }
}
