package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Policy;
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

/** Requests that were held while the policy of their route changed. */
class HeldGuardsTest {
    private static final Policy.Addresses NOT_HERE =
            new Policy.Addresses(List.of(), List.of("127.0.0.0/8"));

    private static TestEdge edge;
    private static TestBackend backend;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
        backend = TestBackend.echo();
    }

    @AfterAll
    static void stop() {
        backend.close();
        edge.close();
    }

    @Test
    void held_newTableRefusesTheClient_is403AndTheAppSeesNothing() {
        int before = backend.heads().size();
        try (RawClient client = held(new PolicyOf(), "")) {
            serve(new PolicyOf().addresses(NOT_HERE.allow(), NOT_HERE.deny()));

            assertThat(client.response().status()).isEqualTo(403);
        }
        assertThat(RawClient.get(edge.port(), "a.test", "/").status()).isEqualTo(403);
        assertThat(backend.heads()).hasSize(before);
    }

    @Test
    void held_newTableHasAWall_is401() {
        try (RawClient client = held(new PolicyOf(), "")) {
            serve(new PolicyOf().user("ada", hashed("geheim")));

            assertThat(client.response().status()).isEqualTo(401);
        }
    }

    @Test
    void held_newTableHasOtherFields_answerHasThem() {
        try (RawClient client = held(new PolicyOf().header("X-Was", "old", true), "")) {
            serve(new PolicyOf().header("X-Is", "new", true));

            RawClient.Response response = client.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).endsWith("\r\n\r\nbody");
            assertThat(response.field("x-is")).isEqualTo("new");
            assertThat(response.field("x-was")).isNull();
        }
    }

    @Test
    void held_wallIsAsBefore_whoPassedItIsNotAskedAgain() {
        String hash = hashed("geheim");
        String shown = "Authorization: " + basic("ada:geheim") + "\r\n";
        try (RawClient client = held(new PolicyOf().user("ada", hash), shown)) {
            edge.serve(
                    Routes.proxy("a.test", backend.address())
                            .with(
                                    new PolicyOf()
                                            .user("ada", hash)
                                            .header("X-Is", "new", true)
                                            .rate(1, Duration.ofHours(1), 1)
                                            .build()));

            RawClient.Response response = client.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).doesNotContainIgnoringCase("authorization");
        }
        try (RawClient client = held(new PolicyOf().user("ada", hash), shown)) {
            serve(new PolicyOf().user("ada", hashed("other")));

            assertThat(client.response().status()).isEqualTo(401);
        }
    }

    @Test
    void held_rateIsAsBefore_costsOneToken() {
        PolicyOf once = new PolicyOf().rate(1, Duration.ofHours(2), 1);
        try (RawClient client = held(once, "")) {
            serve(once);

            assertThat(client.response().status()).isEqualTo(200);
        }
    }

    private static RawClient held(PolicyOf policy, String fields) {
        edge.serve(
                Routes.route("a.test", "/", new Route.Paused("away", Duration.ofSeconds(60)))
                        .with(policy.build()));
        RawClient client =
                RawClient.connect(edge.port())
                        .send(
                                "POST / HTTP/1.1\r\nHost: a.test\r\n%sContent-Length: 4\r\n\r\nbody"
                                        .formatted(fields));
        await().until(() -> edge.edge().metrics().contains("berth_edge_held_requests 1\n"));
        return client;
    }

    private static void serve(PolicyOf policy) {
        edge.serve(Routes.proxy("a.test", backend.address()).with(policy.build()));
    }

    private static String hashed(String password) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(("saltsalt" + password).getBytes(StandardCharsets.UTF_8));
            return "sha256:saltsalt:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String basic(String credentials) {
        return "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
