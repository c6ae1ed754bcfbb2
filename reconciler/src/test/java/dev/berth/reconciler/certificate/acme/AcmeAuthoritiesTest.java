package dev.berth.reconciler.certificate.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.certificate.Authority;
import dev.berth.reconciler.certificate.Issuer;
import dev.berth.reconciler.certificate.IssuingException;
import dev.berth.reconciler.certificate.Setback;
import dev.berth.reconciler.certificate.kept.SealedShelf;
import dev.berth.reconciler.notify.OwnersReach;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is asked for certificates, and what is told of those who are none that can give any. */
final class AcmeAuthoritiesTest {
    private static final String INNER = "password=of-an-inner-service";

    @TempDir private Path home;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private @Nullable String redirect;
    private String answer = INNER;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        asked.add(exchange.getRequestURI().getPath());
                        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
                        if (redirect != null) {
                            exchange.getResponseHeaders().set("Location", redirect);
                        }
                        exchange.getResponseHeaders().set("Content-Type", "application/json");
                        exchange.sendResponseHeaders(redirect == null ? 200 : 302, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private AcmeAuthorities authorities() {
        return new AcmeAuthorities(
                new SealedShelf(null),
                _ -> null,
                new OwnersReach(home.resolve("allowed")),
                InstantSource.system());
    }

    private void allow(int port) throws IOException {
        Files.writeString(home.resolve("allowed"), "127.0.0.1:" + port + "\n");
    }

    private static Issuer at(int port) {
        return new Issuer(URI.create("http://127.0.0.1:" + port + "/dir"), null, null, null);
    }

    private IssuingException refusal(int port) {
        Authority authority = authorities().of(at(port));
        return catchThrowableOfType(IssuingException.class, authority::terms);
    }

    @Test
    void directory_onThisMachine_isNotAskedUnlessItsOwnerAllowsIt() throws Exception {
        IssuingException failure = refusal(server.getAddress().getPort());

        assertThat(failure.why())
                .startsWith("127.0.0.1: its server is this machine itself")
                .contains(home.resolve("allowed").toString());
        assertThat(failure.kind()).isEqualTo(Setback.Kind.UNREACHABLE);
        assertThat(asked).isEmpty();

        allow(server.getAddress().getPort());
        assertThat(refusal(server.getAddress().getPort())).isNotNull();
        assertThat(asked).containsExactly("/dir");
    }

    @Test
    void directory_thatSendsOnToThisMachine_isNotFollowed() throws Exception {
        redirect = "http://localhost:" + server.getAddress().getPort() + "/inner";
        allow(server.getAddress().getPort());

        assertThat(refusal(server.getAddress().getPort()).why()).isEqualTo("127.0.0.1: HTTP 302");
        assertThat(asked).containsExactly("/dir");
    }

    @Test
    void directory_thatNamesServersOnThisMachine_doesNotHaveThemAsked() throws Exception {
        int port = server.getAddress().getPort();
        allow(port);
        answer =
                """
                {"newNonce": "http://localhost:%1$d/a", "newAccount": "http://localhost:%1$d/b"}
                """
                        .formatted(port);
        Authority authority = authorities().of(at(port));

        IssuingException failure =
                catchThrowableOfType(
                        IssuingException.class,
                        () -> authority.order(new TreeSet<>(List.of("a.test")), null, null));

        assertThat(failure.why()).startsWith("127.0.0.1: its server is this machine itself");
        assertThat(asked).containsOnly("/dir");
    }

    @Test
    void directory_thatIsNone_isNotQuoted() throws Exception {
        allow(server.getAddress().getPort());

        assertThat(refusal(server.getAddress().getPort()).why())
                .isEqualTo("127.0.0.1 does not answer as an authority does (ACME, RFC 8555)");
    }

    @Test
    void directory_thatSpeaksNoHttp_isNotQuoted() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            allow(other.getLocalPort());
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (Socket socket = other.accept()) {
                                    socket.getOutputStream()
                                            .write(
                                                    (INNER + "\r\n\r\n")
                                                            .getBytes(StandardCharsets.UTF_8));
                                    socket.getInputStream().readAllBytes();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });

            assertThat(refusal(other.getLocalPort()).why())
                    .isEqualTo("127.0.0.1 does not answer (what answers is no HTTP server)");
        }
    }

    @Test
    void of_manyAccounts_forgetsThoseAskedLongAgo() {
        AcmeAuthorities authorities = authorities();
        Authority first = authorities.of(at(1));
        Authority second = authorities.of(at(2));

        for (int port = 3; port < 18; port++) {
            assertThat(authorities.of(at(1))).as("asked each time").isSameAs(first);
            authorities.of(at(port));
        }

        assertThat(authorities.of(at(2))).isNotSameAs(second);
    }
}
