package dev.berth.reconciler.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client of alerts does with servers that are not as they should be. */
final class HttpPostTest {
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final String PASSWORD = "changeit";

    @TempDir Path directory = Path.of("");
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private static void post(HttpPost client, String url) throws IOException {
        client.post(HttpPost.Endpoint.of(url), "{}", Map.of("X-Berth-Id", "c0ffee"));
    }

    private static HttpPost client(Duration within, SSLSocketFactory tls) {
        return new HttpPost(within, _ -> {}, tls);
    }

    private static SSLSocketFactory usual() {
        return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }

    // ---- answers

    /** Answers once with this text, and then as slowly as it likes. */
    private String answering(String text, Duration pause) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> answer(server, text, pause));
        return "http://127.0.0.1:" + server.getLocalPort() + "/x";
    }

    private void answer(ServerSocket server, String text, Duration pause) {
        try (server;
                Socket client = server.accept()) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    client.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                heard.add(line);
            }
            for (byte next : text.getBytes(StandardCharsets.US_ASCII)) {
                client.getOutputStream().write(next);
                Thread.sleep(pause);
            }
            var _ = in.read();
            var _ = in.read();
        } catch (IOException | InterruptedException _) { // the client has gone
        }
    }

    @Test
    void post_anAnswer_isOneRequestOfHttp11() throws Exception {
        String url = answering("HTTP/1.1 204 No Content\r\n\r\n", Duration.ZERO);

        post(client(WITHIN, usual()), url + "?a=b#c");

        assertThat(heard)
                .contains(
                        "POST /x?a=b HTTP/1.1",
                        "Host: " + url.substring(7, url.length() - 2),
                        "Content-Length: 2",
                        "X-Berth-Id: c0ffee",
                        "Connection: close");
    }

    @Test
    void post_loginInTheUrl_isRefusedWithoutItsText() {
        assertThatThrownBy(
                        () -> post(client(WITHIN, usual()), "https://ann:s3cret@hooks.example/x"))
                .hasMessageContaining("its URL has a login before the host")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void post_answersBeforeTheFinalOne_areNotTakenForIt() throws Exception {
        String url =
                answering(
                        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 500 No\r\n\r\n",
                        Duration.ZERO);

        assertThatThrownBy(() -> post(client(WITHIN, usual()), url))
                .hasMessage("the endpoint answered 500");
    }

    @Test
    void post_noHttpServer_saysSo() throws Exception {
        String url = answering("SSH-2.0-OpenSSH_9.2\r\n", Duration.ZERO);

        assertThatThrownBy(() -> post(client(WITHIN, usual()), url))
                .hasMessage("the endpoint can't be reached: what answers is no HTTP server");
    }

    @Test
    void post_answerDropByDrop_endsInTime() throws Exception {
        String url = answering("HTTP/1.1 200 OK\r\n", Duration.ofMillis(100));

        assertThatThrownBy(() -> post(client(Duration.ofMillis(500), usual()), url))
                .hasMessageContaining("within 500 ms");
    }

    @Test
    void post_headWithoutEnd_isGivenUp() throws Exception {
        String url = answering("HTTP/1.1 100 C\r\nX: " + "x".repeat(70_000), Duration.ZERO);

        assertThatThrownBy(() -> post(client(WITHIN, usual()), url))
                .hasMessageContaining("its answer does not end");
    }

    // ---- TLS

    @Test
    void post_tls_isForTheNameInTheCertificateAlone() throws Exception {
        SSLContext own = tlsOf("localhost");
        HttpsServer server = https(own);
        try {
            String port = ":" + server.getAddress().getPort() + "/";
            post(client(WITHIN, own.getSocketFactory()), "https://localhost" + port);
            assertThat(heard).hasSize(1);

            assertThatThrownBy(
                            () ->
                                    post(
                                            client(WITHIN, own.getSocketFactory()),
                                            "https://127.0.0.1" + port))
                    .hasMessageContaining("can't be reached: SSLHandshakeException");
            assertThatThrownBy(() -> post(client(WITHIN, usual()), "https://localhost" + port))
                    .hasMessageContaining("can't be reached: SSLHandshakeException");
            assertThat(heard).hasSize(1);
        } finally {
            server.stop(0);
        }
    }

    private HttpsServer https(SSLContext tls) throws IOException {
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(task -> Thread.ofVirtual().start(task));
        server.createContext(
                "/",
                exchange -> {
                    heard.add(exchange.getRequestMethod());
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        return server;
    }

    /** Has a certificate of its own for that name, and trusts it and no other. */
    private SSLContext tlsOf(String name) throws Exception {
        Path store = directory.resolve("tls.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "a",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=dns:" + name,
                                "-keystore",
                                store.toString(),
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
