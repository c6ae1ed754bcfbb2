package dev.berth.reconciler.notify;

import static dev.berth.reconciler.notify.Samples.SHOP;
import static dev.berth.reconciler.notify.Samples.T0;
import static dev.berth.reconciler.notify.Samples.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Credential;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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

    @TempDir Path keys;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch ends = new CountDownLatch(1);
    private volatile int status = 204;
    private volatile boolean hangs;
    private @Nullable HttpServer server;

    private record Request(String path, String body, com.sun.net.httpserver.Headers fields) {}

    @BeforeEach
    void listen() throws IOException {
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
        if (hangs) {
            try {
                exchange.sendResponseHeaders(200, 1_000_000);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                ends.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Test
    void send_withSecret_isSignedOverTimeAndBody() throws Exception {
        Files.writeString(keys.resolve("key"), SECRET + "\n");

        webhook().send(MESSAGE, to(url("/hook"), new Credential("key")));

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
    void send_answerThatNeverEnds_isAFailureInTime() {
        hangs = true;
        WebhookSender hasty =
                new WebhookSender(
                        new KeyFiles(keys), Duration.ofMillis(300), InstantSource.fixed(T0));

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
        assertThatThrownBy(() -> webhook().send(MESSAGE, to(url("/"), new Credential("key"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(keys.resolve("key").toString())
                .hasMessageContaining("put the secret there");
        assertThat(requests).isEmpty();
    }

    @Test
    void slack_text_canNeitherMentionNorLink() throws Exception {
        Files.writeString(keys.resolve("slack-url"), url("/services/" + SECRET));
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
        Files.writeString(keys.resolve("slack-url"), "not a url " + SECRET);

        assertThatThrownBy(() -> slack().send(MESSAGE, Samples.slack("ops", List.of())))
                .isInstanceOf(IOException.class)
                .hasNoCause()
                .hasMessageNotContaining(SECRET);
    }

    private WebhookSender webhook() {
        return new WebhookSender(new KeyFiles(keys), WITHIN, InstantSource.fixed(T0));
    }

    private SlackSender slack() {
        return new SlackSender(new KeyFiles(keys), WITHIN);
    }

    private static Alert to(String url, @Nullable Credential secret) {
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
