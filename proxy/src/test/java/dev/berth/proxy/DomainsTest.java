package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects, wildcards and paths that are taken off. */
class DomainsTest {
    private static final Policy STRIP = new PolicyOf().stripPrefix().build();
    private static final Policy ONCE = new PolicyOf().redirectHttpsOnceCertified().build();

    private static TestBackend echo;

    private TestEdge edge;

    @BeforeAll
    static void startBackend() {
        echo = TestBackend.echo();
    }

    @AfterAll
    static void stopBackend() {
        echo.close();
    }

    @BeforeEach
    void start() {
        edge = TestEdge.start();
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/api, /",
        "/api/, /",
        "/api?q=1, /?q=1",
        "/api/users, /users",
        "/api/users/?q=/api, /users/?q=/api",
        "/api//x, //x",
        "/api/a%2Fb, /a%2Fb",
        "/api/api, /api"
    })
    void strip_pathOfTheRoute_isForwardedWithout(String path, String forwarded) {
        edge.serve(Routes.proxyAt("a.test", "/api", echo.address()).with(STRIP));

        assertThat(get("a.test", path).body())
                .startsWith("GET " + forwarded + " ")
                .contains("X-Forwarded-Prefix: /api\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%61pi/x", "//api/x", "/x/../api/x", "/api/../api/x"})
    void strip_pathThatOnlyMeansTheSame_is404(String path) {
        edge.serve(Routes.proxyAt("a.test", "/api", echo.address()).with(STRIP));

        assertThat(get("a.test", path).status()).isEqualTo(404);
        await().untilAsserted(
                        () ->
                                assertThat(edge.accessLog())
                                        .singleElement(STRING)
                                        .contains("\"ended\":\"PathUnfit\""));
    }

    @Test
    void strip_otherPaths_areOtherRoutes() {
        edge.serve(
                Routes.proxyAt("a.test", "/api", echo.address()).with(STRIP),
                Routes.proxy("a.test", echo.address()));

        for (String path : List.of("/apis", "/api/../x", "/")) {
            assertThat(get("a.test", path).body())
                    .startsWith("GET " + path + " ")
                    .doesNotContain("X-Forwarded-Prefix");
        }
    }

    @Test
    void strip_routePathEndsWithASlash_keepsOne() {
        edge.serve(Routes.proxyAt("a.test", "/api/", echo.address()).with(STRIP));

        assertThat(get("a.test", "/api/users").body())
                .startsWith("GET /users ")
                .contains("X-Forwarded-Prefix: /api\r\n");
    }

    @Test
    void strip_canaryAnswers_getsTheSamePath() {
        Policy policy =
                new PolicyOf()
                        .stripPrefix()
                        .canary(new Policy.Canary("next.test", "/", 100, null, null))
                        .build();
        try (TestBackend next = TestBackend.echo()) {
            edge.serve(
                    Routes.proxyAt("a.test", "/api", echo.address()).with(policy),
                    Routes.proxy("next.test", next.address()));

            assertThat(get("a.test", "/api/users").body()).startsWith("GET /users ");
            assertThat(next.heads()).hasSize(1);
        }
    }

    @Test
    void strip_appWasAway_isForwardedWithoutAllTheSame() throws Exception {
        Route held =
                Routes.route("a.test", "/api", new Route.Paused("moves", Duration.ofSeconds(20)));
        edge.serve(held.with(STRIP));
        CompletableFuture<RawClient.Response> answer =
                CompletableFuture.supplyAsync(() -> get("a.test", "/api/users"));
        await().until(() -> edge.metric("berth_edge_held_requests") == 1);

        edge.serve(Routes.proxyAt("a.test", "/api", echo.address()));

        assertThat(answer.get(20, TimeUnit.SECONDS).body())
                .startsWith("GET /api/users ")
                .doesNotContain("X-Forwarded-Prefix");
    }

    @Test
    void strip_routeChangedBeforeASecondTry_isForwardedAsTheNewOneWants() throws Exception {
        assertThat(triedAgain(STRIP).body())
                .startsWith("GET /x ")
                .contains("X-Forwarded-Prefix: /api\r\n");
    }

    @Test
    void wall_builtBeforeASecondTry_isNotPassed() throws Exception {
        Policy walled = new PolicyOf().addresses(List.of("192.0.2.0/24"), List.of()).build();

        assertThat(triedAgain(walled).status()).isEqualTo(403);
    }

    /** A request that its first backend lets drop, while the route gets another and this policy. */
    private RawClient.Response triedAgain(Policy policy) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        TestBackend.Script closing =
                (talk, backend) -> {
                    backend.next(talk);
                    talk.send(TestBackend.ok("first"));
                    if (backend.next(talk) != null) {
                        asked.countDown();
                        changed.await();
                    }
                };
        String get = "GET /api/x HTTP/1.1\r\nHost: a.test\r\n\r\n";
        try (TestBackend before = TestBackend.start(closing);
                RawClient client = RawClient.connect(edge.port())) {
            edge.serve(Routes.proxyAt("a.test", "/api", before.address()));
            assertThat(client.send(get).response().body()).isEqualTo("first");
            CompletableFuture<RawClient.Response> answer =
                    CompletableFuture.supplyAsync(() -> client.send(get).response());
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

            edge.serve(Routes.proxyAt("a.test", "/api", echo.address()).with(policy));
            changed.countDown();
            return answer.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void prefix_saidByTheClient_isBelievedOfFrontProxiesOnly() {
        Route route = Routes.proxyAt("a.test", "/api", echo.address()).with(STRIP);
        edge.serve(route, Routes.proxy("a.test", echo.address()));
        assertThat(get("a.test", "/api/x", "X-Forwarded-Prefix: /evil").body())
                .contains("X-Forwarded-Prefix: /api\r\n");
        assertThat(get("a.test", "/x", "X-Forwarded-Prefix: /evil").body())
                .doesNotContain("X-Forwarded-Prefix");

        edge.behind(new FrontProxies(List.of("127.0.0.0/8"), false)).serve(route);
        assertThat(get("a.test", "/api/x", "X-Forwarded-Prefix: /outer").body())
                .contains("X-Forwarded-Prefix: /outer/api\r\n");
    }

    @Test
    void strip_files_areFoundAndDirectoriesKeepThePrefix(@TempDir Path site) throws IOException {
        Files.writeString(site.resolve("index.html"), "home");
        Files.createDirectory(site.resolve("guide"));
        Files.writeString(site.resolve("guide/index.html"), "guide");
        Route.Files files = new Route.Files(site.toString(), false);
        edge.serve(Routes.route("a.test", "/docs", files).with(STRIP));

        assertThat(get("a.test", "/docs/").body()).isEqualTo("home");
        assertThat(get("a.test", "/docs/guide/").body()).isEqualTo("guide");
        assertThat(get("a.test", "/docs/guide?x=1").field("location"))
                .isEqualTo("/docs/guide/?x=1");
        assertThat(get("a.test", "/docs?x=1").field("location")).isEqualTo("/docs/?x=1");
    }

    @Test
    void wildcard_hostWithoutRoutesOfItsOwn_isServed() {
        edge.serve(
                Routes.route("*.a.test", "/", new Route.Redirect("wild.test")),
                Routes.route("own.a.test", "/x", new Route.Redirect("own.test")));

        assertThat(get("b.a.test", "/x").field("location")).isEqualTo("http://wild.test/x");
        assertThat(get("own.a.test", "/x").field("location")).isEqualTo("http://own.test/x");
        assertThat(get("own.a.test", "/").status()).isEqualTo(404);
        assertThat(get("a.test", "/").status()).isEqualTo(404);
        assertThat(get("c.b.a.test", "/").status()).isEqualTo(404);
    }

    @Test
    void https_onceCertified_isWhereRequestsGoFromThenOn() {
        Route app = Routes.proxy("a.test", echo.address()).with(ONCE);
        edge.serve(app);
        assertThat(get("a.test", "/x?y").status()).isEqualTo(200);

        edge.serve(List.of(TestCertificates.of("a.test")), app);
        RawClient.Response sent = get("a.test", "/x?y");
        assertThat(sent.field("location")).isEqualTo("https://a.test/x?y");
        assertThat(sent.field("cache-control")).as("the certificate may go").isEqualTo("no-store");

        edge.serve(List.of(TestCertificates.of("b.test")), app);
        assertThat(get("a.test", "/x?y").status()).isEqualTo(200);
    }

    @Test
    void https_certificateHasEnded_isNotWhereRequestsGo() {
        Route app = Routes.proxy("a.test", echo.address()).with(ONCE);
        Route old = Routes.route("old.test", "/", new Route.Redirect("a.test"));
        edge.serve(List.of(TestCertificates.ending(Instant.now(), "a.test")), app, old);

        assertThat(get("a.test", "/x").status()).isEqualTo(200);
        assertThat(get("old.test", "/x").field("location")).isEqualTo("http://a.test/x");
    }

    @Test
    void https_always_isARedirectToKeep() {
        Policy always = new PolicyOf().redirectHttps().build();
        edge.serve(
                List.of(TestCertificates.ending(Instant.now(), "a.test")),
                Routes.proxy("a.test", echo.address()).with(always));

        RawClient.Response sent = get("a.test", "/x");
        assertThat(sent.field("location")).isEqualTo("https://a.test/x");
        assertThat(sent.field("cache-control")).isNull();
    }

    @Test
    void https_wildcardCertificate_countsForTheHost() {
        edge.serve(
                List.of(TestCertificates.of("*.a.test")),
                Routes.proxy("b.a.test", echo.address()).with(ONCE));

        assertThat(get("b.a.test", "/api").field("location")).isEqualTo("https://b.a.test/api");
    }

    @Test
    void https_strippedRoute_keepsTheWholePath() {
        Policy both = new PolicyOf().redirectHttps().stripPrefix().build();
        edge.serve(Routes.proxyAt("a.test", "/api", echo.address()).with(both));

        assertThat(get("a.test", "/api/x").field("location")).isEqualTo("https://a.test/api/x");
    }

    @Test
    void redirect_toACertifiedHost_goesThereOverHttpsInOneStep() {
        edge.serve(
                List.of(TestCertificates.of("new.test", "old.test")),
                Routes.route("old.test", "/", new Route.Redirect("new.test")).with(ONCE),
                Routes.route("other.test", "/", new Route.Redirect("plain.test")).with(ONCE));

        RawClient.Response certified = get("old.test", "/x?y");
        assertThat(certified.field("location")).isEqualTo("https://new.test/x?y");
        assertThat(certified.field("cache-control")).isEqualTo("no-store");
        RawClient.Response plain = get("other.test", "/x");
        assertThat(plain.field("location")).isEqualTo("http://plain.test/x");
        assertThat(plain.field("cache-control")).isNull();
        assertThat(get("old.test:81", "/").field("location"))
                .isEqualTo("https://new.test:" + edge.httpsPort() + "/");
    }

    private RawClient.Response get(String host, String path, String... fields) {
        return RawClient.get(edge.port(), host, path, fields);
    }
}
