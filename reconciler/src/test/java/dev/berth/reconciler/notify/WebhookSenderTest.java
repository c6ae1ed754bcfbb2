package dev.berth.reconciler.notify;

import static dev.berth.reconciler.notify.Samples.SHOP;
import static dev.berth.reconciler.notify.Samples.T0;
import static dev.berth.reconciler.notify.Samples.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Credential;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.SecretText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link WebhookSender} and {@link SlackSender} with an endpoint on this machine. */
final class WebhookSenderTest {
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final String SECRET = "planted-secret-7f3a";
    private static final Message MESSAGE =
            Samples.message("c0ffee", "ops", SHOP, Message.Type.Failing);

    private static final Reach ANYWHERE = _ -> {};

    @TempDir Path home = Path.of("");
    private Path keys = Path.of("");
    private final Map<SecretRef, Secret> secrets = new HashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch ends = new CountDownLatch(1);
    private volatile int status = 204;
    private volatile boolean hangs;
    private volatile boolean silent;
    private @Nullable HttpServer server;

    private record Request(String path, String body, com.sun.net.httpserver.Headers fields) {}

    @BeforeEach
    void listen() throws IOException {
        keys = Files.createDirectories(home.resolve("keys/alerts"));
        HttpServer made =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.createContext("/", this::answer);
        made.setExecutor(task -> Thread.ofVirtual().start(task));
        made.start();
        server = made;
    }

    @AfterEach
    void stop() {
        ends.countDown();
        if (server != null) {
            server.stop(0);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(
                new Request(
                        exchange.getRequestURI().toString(), body, exchange.getRequestHeaders()));
        if (silent) {
            await();
        }
        if (hangs) {
            exchange.sendResponseHeaders(200, 1_000_000);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            await();
        }
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void await() {
        try {
            ends.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void send_withSecret_isSignedOverTimeAndBody() throws Exception {
        write(keys.resolve("127.0.0.1/key"), SECRET + "\n");

        webhook().send(MESSAGE, to(url("/hook"), Credential.ofFile("key")));

        Request request = requests.getFirst();
        String time = Long.toString(T0.getEpochSecond());
        assertThat(request.fields().getFirst("X-Berth-Id")).isEqualTo("c0ffee");
        assertThat(request.fields().getFirst("X-Berth-Timestamp")).isEqualTo(time);
        assertThat(request.fields().getFirst("X-Berth-Signature"))
                .isEqualTo("sha256=" + hmac(time + "." + request.body()));
        assertThat(request.fields().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(Json.read(request.body(), Message.class)).isEqualTo(MESSAGE);
    }

    @Test
    void send_withoutSecret_isNotSigned() throws Exception {
        webhook().send(MESSAGE, to(url("/hook"), null));

        assertThat(requests.getFirst().fields()).doesNotContainKey("X-Berth-Signature");
    }

    @Test
    void send_refused_tellsTheStatus() {
        status = 503;

        assertThatThrownBy(() -> webhook().send(MESSAGE, to(url("/hook"), null)))
                .isInstanceOf(IOException.class)
                .hasMessage("the endpoint answered 503");
    }

    @Test
    void send_redirected_goesNowhereElse() {
        status = 307;

        assertThatThrownBy(() -> webhook().send(MESSAGE, to(url("/hook"), null)))
                .hasMessage("the endpoint answered 307");
        assertThat(requests).hasSize(1);
    }

    @Test
    void send_answerWhoseBodyNeverEnds_isTaken() throws Exception {
        hangs = true;

        webhook().send(MESSAGE, to(url("/hook"), null));

        assertThat(requests).hasSize(1);
    }

    @Test
    void send_noAnswer_isAFailureInTime() {
        silent = true;
        WebhookSender hasty =
                new WebhookSender(
                        keyring(), http(Duration.ofMillis(300), ANYWHERE), InstantSource.fixed(T0));

        assertThatThrownBy(() -> hasty.send(MESSAGE, to(url("/hook"), null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("within 300 ms");
    }

    @Test
    void send_nobodyListens_saysSoWithoutTheUrl() {
        String url = url("/" + SECRET);
        stop();

        assertThatThrownBy(() -> webhook().send(MESSAGE, to(url, null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can't be reached")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void send_keyIsMissing_saysWhereToPutIt() {
        assertThatThrownBy(() -> webhook().send(MESSAGE, to(url("/"), Credential.ofFile("key"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(keys.resolve("127.0.0.1/key").toString())
                .hasMessageContaining("put the secret there");
        assertThat(requests).isEmpty();
    }

    @Test
    void slack_text_canNeitherMentionNorLink() throws Exception {
        write(keys.resolve("slack-url"), url("/services/" + SECRET));
        Message loud =
                new Message(
                        "id",
                        "ops",
                        SHOP,
                        MESSAGE.reason(),
                        Message.Type.Failing,
                        "app/shop fails: <!channel> a & b",
                        T0,
                        T0);

        slack().send(loud, Samples.slack("ops", List.of()));

        Request request = requests.getFirst();
        assertThat(request.path()).isEqualTo("/services/" + SECRET);
        assertThat(request.body())
                .contains("app/shop fails: &lt;!channel&gt; a &amp; b")
                .doesNotContain(SECRET);
    }

    @Test
    void slack_urlIsNone_isNotRepeated() throws Exception {
        write(keys.resolve("slack-url"), "not a url " + SECRET);

        assertThatThrownBy(() -> slack().send(MESSAGE, Samples.slack("ops", List.of())))
                .isInstanceOf(IOException.class)
                .hasNoCause()
                .hasMessageNotContaining(SECRET);
    }

    // ---- whose key it is

    @Test
    void send_keyOfAnotherServer_isToldToNobody() throws Exception {
        write(keys.resolve("ops.example.com/key"), SECRET);
        write(keys.resolve("key"), SECRET);

        assertThatThrownBy(() -> webhook().send(MESSAGE, to(url("/"), Credential.ofFile("key"))))
                .hasMessageContaining(keys.resolve("127.0.0.1/key").toString())
                .hasMessageContaining("is told to no server")
                .hasMessageNotContaining(SECRET);
        assertThat(requests).isEmpty();
    }

    @Test
    void read_serverThatLeadsElsewhere_isNone() throws Exception {
        write(keys.resolveSibling("age.txt"), SECRET);
        KeyFiles files = new KeyFiles(keys);

        for (String server : List.of("..", ".", "a/../..", "", "-x", "\u0000")) {
            assertThatThrownBy(() -> files.read("age.txt", server))
                    .as(server)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("needs a server with a name");
        }
        Files.delete(keys.resolveSibling("age.txt"));
    }

    @Test
    void read_serverInCapitals_isTheSame() throws Exception {
        write(keys.resolve("smtp.example.com/password"), SECRET);

        assertThat(new KeyFiles(keys).read("password", "SMTP.Example.com")).isEqualTo(SECRET);
    }

    @Test
    void read_fileThatOthersMayRead_isNotUsed() throws Exception {
        Path file = keys.resolve("slack-url");
        write(file, SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> new KeyFiles(keys).read("slack-url", null))
                .hasMessageContainingAll("others may read", "chmod 600 " + file)
                .hasMessageNotContaining(SECRET);
    }

    // ---- secrets of the repo

    @Test
    void send_urlAndKeyOfSecrets_areThoseThatCountNow() throws Exception {
        secrets.put(new SecretRef("ops", "url"), Secret.of(url("/from-secret?a=b") + "\n"));
        secrets.put(new SecretRef("ops", "key"), Secret.of(SECRET));

        webhook()
                .send(
                        MESSAGE,
                        to(new EnvValue.FromSecret("ops.url"), Credential.ofSecret("ops.key")));

        Request request = requests.getFirst();
        assertThat(request.path()).isEqualTo("/from-secret?a=b");
        assertThat(request.fields().getFirst("X-Berth-Signature"))
                .isEqualTo("sha256=" + hmac(T0.getEpochSecond() + "." + request.body()));
    }

    @Test
    void send_secretThatIsNotKnown_saysWhich() {
        assertThatThrownBy(
                        () -> webhook().send(MESSAGE, to(new EnvValue.FromSecret("ops.url"), null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no Secret has a value for ops.url now");
    }

    @Test
    void send_sealedUrl_isUsed() throws Exception {
        webhook().send(MESSAGE, to(new EnvValue.Sealed(new SecretText(url("/sealed"))), null));

        assertThat(requests.getFirst().path()).isEqualTo("/sealed");
    }

    // ---- where it may go

    @Test
    void send_toThisMachineUnbidden_isNotConnectedAndSaysWhatToDo() {
        Path allowed = keys.resolve("alert-servers");
        WebhookSender sender =
                new WebhookSender(
                        keyring(), http(WITHIN, new OwnersReach(allowed)), InstantSource.fixed(T0));

        assertThatThrownBy(() -> sender.send(MESSAGE, to(url("/" + SECRET), null)))
                .isInstanceOf(OutOfReachException.class)
                .hasMessageContainingAll("this machine itself", "host:port", allowed.toString())
                .hasMessageNotContaining(SECRET);
        assertThat(requests).isEmpty();
    }

    @Test
    void send_toThisMachineAsItsOwnerAllows_arrives() throws Exception {
        Path allowed = keys.resolve("alert-servers");
        Files.writeString(
                allowed,
                "# mail of this machine\nlocalhost:25\n127.0.0.1:%d # hooks\n"
                        .formatted(Objects.requireNonNull(server).getAddress().getPort()));

        new WebhookSender(
                        keyring(), http(WITHIN, new OwnersReach(allowed)), InstantSource.fixed(T0))
                .send(MESSAGE, to(url("/"), null));

        assertThat(requests).hasSize(1);
    }

    private WebhookSender webhook() {
        return new WebhookSender(keyring(), http(WITHIN, ANYWHERE), InstantSource.fixed(T0));
    }

    private SlackSender slack() {
        return new SlackSender(keyring(), http(WITHIN, ANYWHERE));
    }

    private Keyring keyring() {
        return new AlertKeys(new KeyFiles(keys), secrets::get);
    }

    private static HttpPost http(Duration within, Reach reach) {
        return new HttpPost(within, reach, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private static Alert to(String url, @Nullable Credential secret) {
        return to(new EnvValue.Text(url), secret);
    }

    private static Alert to(EnvValue url, @Nullable Credential secret) {
        return alert(
                "ops",
                new Alert.Spec(null, new Alert.Webhook(url, secret), null, List.of(), List.of()));
    }

    private String url(String path) {
        return "http://127.0.0.1:" + Objects.requireNonNull(server).getAddress().getPort() + path;
    }

    private static String hmac(String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
