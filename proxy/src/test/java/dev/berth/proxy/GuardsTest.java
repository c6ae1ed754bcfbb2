package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Route;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a route's policy refuses, and what it does to answers. */
class GuardsTest {
    private static final String WALL = "Basic realm=\"preview\", charset=\"UTF-8\"";

    private static TestEdge edge;
    private static TestBackend backend;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
        backend = TestBackend.echo();
    }

    @AfterAll
    static void stop() {
        edge.close();
        backend.close();
    }

    @Test
    void address_denied_is403() {
        serve(new PolicyOf().addresses(List.of(), List.of("127.0.0.0/8")));

        Response response = get();

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.field("proxy-status")).isEqualTo("berth; error=http_request_denied");
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    @Test
    void address_notAmongTheAllowed_is403() {
        serve(new PolicyOf().addresses(List.of("10.0.0.0/8"), List.of()));
        assertThat(get().status()).isEqualTo(403);

        serve(new PolicyOf().addresses(List.of("10.0.0.0/8", "127.0.0.1"), List.of()));
        assertThat(get().status()).isEqualTo(200);
    }

    @Test
    void rate_bucketEmpty_is429WithRetryAfter() {
        serve(new PolicyOf().rate(1, Duration.ofSeconds(20), 3));
        for (int i = 0; i < 3; i++) {
            assertThat(get().status()).isEqualTo(200);
        }

        Response response = get();
        assertThat(response.status()).isEqualTo(429);
        assertThat(Integer.parseInt(String.valueOf(response.field("retry-after"))))
                .isBetween(1, 20);

        serve(new PolicyOf().rate(1, Duration.ofSeconds(20), 3));
        assertThat(get().status()).as("a new snapshot gives no new tokens").isEqualTo(429);
    }

    @Test
    void body_saysItIsTooLong_is413BeforeItIsSent() {
        serve(new PolicyOf().maxBody(10));
        try (RawClient client = RawClient.connect(edge.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 11\r\n\r\n");

            assertThat(client.response().status()).isEqualTo(413);
        }
        assertThat(post("Content-Length: 10", "0123456789").status()).isEqualTo(200);
    }

    @Test
    void body_inChunksTooLong_is413() {
        serve(new PolicyOf().maxBody(10));

        assertThat(
                        post(
                                        "Transfer-Encoding: chunked",
                                        "8\r\n01234567\r\n8\r\n01234567\r\n0\r\n\r\n")
                                .status())
                .isEqualTo(413);
        assertThat(post("Transfer-Encoding: chunked", "8\r\n01234567\r\n0\r\n\r\n").status())
                .isEqualTo(200);
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    @Test
    void password_saltedHash_letsOnlyTheRightOneIn() throws NoSuchAlgorithmException {
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest("saltsaltgeheim".getBytes(StandardCharsets.UTF_8));
        serve(new PolicyOf().user("ada", "sha256:saltsalt:" + HexFormat.of().formatHex(digest)));

        checkWall();
    }

    @Test
    void password_bcrypt_letsOnlyTheRightOneIn() {
        serve(
                new PolicyOf()
                        .user(
                                "ada",
                                BCrypt.withDefaults().hashToString(6, "geheim".toCharArray())));

        checkWall();
        checkWall();
    }

    @Test
    void password_bcryptWithABody_holdsTheBodyMeanwhile() {
        serve(
                new PolicyOf()
                        .user(
                                "ada",
                                BCrypt.withDefaults().hashToString(8, "geheim".toCharArray())));
        String body = "x".repeat(300_000);

        Response response =
                post("Content-Length: 300000\r\nAuthorization: " + basic("ada:geheim"), body);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).endsWith("\r\n\r\n" + body);
    }

    @Test
    void headers_presetsAndOwn_areOnEveryAnswer() {
        TestBackend says =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nX-Frame-Options: SAMEORIGIN\r\nServer: x\r\nX-Own: app\r\nContent-Length: 0\r\n\r\n");
                        });
        PolicyOf policy =
                new PolicyOf()
                        .header("Strict-Transport-Security", "max-age=1", false)
                        .header("X-Frame-Options", "DENY", false)
                        .header("X-Content-Type-Options", "nosniff", false)
                        .header("X-Own", "edge", true)
                        .header("Server", "", true);
        try (says) {
            edge.serve(
                    Routes.proxy("a.test", says.address()).with(policy.build()),
                    Routes.route("b.test", "/", new Route.Unavailable("x")).with(policy.build()));

            Response answer = get();
            assertThat(answer.field("x-frame-options")).isEqualTo("SAMEORIGIN");
            assertThat(answer.field("x-content-type-options")).isEqualTo("nosniff");
            assertThat(answer.field("x-own")).isEqualTo("edge");
            assertThat(answer.field("server")).isNull();
            assertThat(answer.field("strict-transport-security")).as("over http").isNull();
            Response failed = RawClient.get(edge.port(), "b.test", "/");
            assertThat(failed.status()).isEqualTo(503);
            assertThat(failed.field("x-frame-options")).isEqualTo("DENY");
        }
    }

    @Test
    void errorPage_ofTheApp_replacesOursForBrowsers() {
        edge.serve(
                Routes.route("a.test", "/", new Route.Unavailable("x"))
                        .with(
                                new PolicyOf()
                                        .page("5xx", "<b>{{status}} {{request}}</b>")
                                        .page("502", "gone")
                                        .build()));

        Response page = RawClient.get(edge.port(), "a.test", "/", "Accept: text/html");
        assertThat(page.status()).isEqualTo(503);
        assertThat(page.body()).isEqualTo("<b>503 " + page.field("x-request-id") + "</b>");
        assertThat(page.field("proxy-status")).isEqualTo("berth; error=destination_unavailable");
        Response forMachines =
                RawClient.get(edge.port(), "a.test", "/", "Accept: application/json");
        assertThat(forMachines.body()).contains("\"status\":503");
    }

    private static void checkWall() {
        Response none = get();
        assertThat(none.status()).isEqualTo(401);
        assertThat(none.field("www-authenticate")).isEqualTo(WALL);
        for (String wrong : List.of("ada:falsch", "bob:geheim", "ada", ":", "ada:geheim ")) {
            assertThat(get("Authorization: " + basic(wrong)).status()).as(wrong).isEqualTo(401);
        }
        assertThat(get("Authorization: Bearer geheim").status()).isEqualTo(401);
        assertThat(get("Authorization: Basic %%%").status()).isEqualTo(401);
        Response right = get("Authorization: " + basic("ada:geheim"));
        assertThat(right.status()).isEqualTo(200);
        assertThat(right.body()).doesNotContainIgnoringCase("authorization");
    }

    private static void serve(PolicyOf policy) {
        edge.serve(Routes.proxy("a.test", backend.address()).with(policy.build()));
    }

    private static Response get(String... fields) {
        return RawClient.get(edge.port(), "a.test", "/", fields);
    }

    private static Response post(String fields, String body) {
        return RawClient.exchange(
                edge.port(),
                "POST / HTTP/1.1\r\nHost: a.test\r\n%s\r\n\r\n%s".formatted(fields, body));
    }

    private static String basic(String credentials) {
        return "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
