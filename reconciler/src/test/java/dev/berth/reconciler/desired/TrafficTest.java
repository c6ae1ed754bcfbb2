package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** From {@code spec.traffic} to what the edge is told. */
final class TrafficTest {
    private static final String HASH =
            "$2y$10$abcdefghijklmnopqrstuuOlQ3EJNBhDLs8uqiMEpSbhXLhc2p1bG";

    private final Repo repo = Repo.withInstance();

    @Test
    void load_nothingGiven_compressesAndGivesStreamsFiveMinutes() {
        repo.file("a.yaml", Repo.app("shop", "{image: shop:1, port: 3000}"));

        Policy policy = policy("shop.localhost", "/");

        assertThat(policy)
                .isEqualTo(
                        new Policy(
                                null,
                                null,
                                null,
                                null,
                                List.of(),
                                true,
                                false,
                                List.of(),
                                false,
                                null,
                                Duration.ofMinutes(5),
                                List.of(),
                                true,
                                false));
    }

    @Test
    void load_everyField_arrives() {
        repo.file("errors/5xx.html", "<h1>Back soon</h1>").file("errors/readme.txt", "no page");
        repo.file(
                "a.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec:
                  image: shop:1
                  port: 3000
                  healthcheck: {path: /up, timeout: 2s}
                  rollout: {streams: 1m}
                  traffic:
                    maxBody: 1Mi
                    rateLimit: {requests: 5, burst: 20}
                    allow: [10.0.0.0/8]
                    deny: [10.1.0.0/16]
                    basicAuth: {users: {ada: '%s'}}
                    headers: {hsts: 1h, nosniff: true, frame: deny, referrer: no-referrer}
                    responseHeaders: {X-B: b, Server: ''}
                    compression: false
                    sticky: true
                    errorPages: {path: errors}
                    redirectHttps: true
                """
                        .formatted(HASH));

        assertThat(policy("shop.localhost", "/"))
                .isEqualTo(
                        new Policy(
                                1L << 20,
                                new Policy.RateLimit(5, Duration.ofSeconds(1), 20),
                                new Policy.Addresses(List.of("10.0.0.0/8"), List.of("10.1.0.0/16")),
                                new Policy.Password("restricted", Map.of("ada", HASH)),
                                List.of(
                                        field("Strict-Transport-Security", "max-age=3600", false),
                                        field("X-Content-Type-Options", "nosniff", false),
                                        field("X-Frame-Options", "DENY", false),
                                        field("Referrer-Policy", "no-referrer", false),
                                        field("Server", "", true),
                                        field("X-B", "b", true)),
                                false,
                                true,
                                List.of(new Policy.ErrorPage("5xx", "<h1>Back soon</h1>")),
                                true,
                                new Policy.Health(
                                        "/up",
                                        "shop.localhost",
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(2),
                                        3),
                                Duration.ofMinutes(1),
                                List.of(),
                                false,
                                false));
    }

    @Test
    void load_canary_leadsToWhereTheOtherAppAnswers() {
        repo.file(
                "a.yaml",
                Stream.of(
                                Repo.app("shop", "{image: shop:1, port: 3000}"),
                                Repo.app("next", "{image: shop:2, port: 3000}"),
                                """
                                apiVersion: berth/v1
                                kind: Domain
                                metadata: {name: www}
                                spec:
                                  host: www.example.com
                                  routes:
                                    - app: shop
                                      canary:
                                        app: next
                                        weight: 10
                                        header: {name: X-Canary, value: "yes"}
                                """)
                        .map(text -> "---\n" + text)
                        .reduce("", String::concat));

        assertThat(policy("www.example.com", "/").canaries())
                .containsExactly(
                        new Policy.Canary(
                                "next.localhost",
                                "/",
                                10,
                                new Policy.Match("X-Canary", "yes"),
                                null));
        assertThat(policy("shop.localhost", "/").canaries()).isEmpty();
    }

    @Test
    void load_sleep_isTheApps() {
        repo.file("a.yaml", Repo.app("shop", "{image: shop:1, port: 3000, sleep: {after: 15m}}"));

        assertThat(repo.app("shop").sleepAfter()).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void load_policyChanges_newGenerationAndTheSameContainers() {
        repo.file("a.yaml", Repo.app("shop", "{image: shop:1, port: 3000}"));
        DesiredApp before = repo.app("shop");
        repo.file(
                "a.yaml", Repo.app("shop", "{image: shop:1, port: 3000, traffic: {maxBody: 1Mi}}"));
        DesiredApp after = repo.app("shop");

        assertThat(after.generation()).isNotEqualTo(before.generation());
        assertThat(after.workload()).isEqualTo(before.workload());
    }

    private Policy policy(String host, String path) {
        DesiredState.Known state = repo.known();
        assertThat(state.problems()).isEmpty();
        return state.routes().stream()
                .filter(r -> r.host().equals(host) && r.path().equals(path))
                .findFirst()
                .orElseThrow()
                .policy();
    }

    private static Policy.ResponseHeader field(String name, String value, boolean overrides) {
        return new Policy.ResponseHeader(name, value, overrides);
    }
}
