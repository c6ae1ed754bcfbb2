package dev.berth.reconciler.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BasesTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String PULL = "POST /images/create?fromImage=node%3A24";
    private static final String GONE = "{\"message\":\"No such image\"}";

    private final AtomicLong now = new AtomicLong();
    private final List<String> log = new ArrayList<>();
    private final CannedEngine canned = new CannedEngine();
    private Bases bases = none();

    BasesTest() throws IOException {}

    private Bases none() {
        EngineConnection connection =
                new EngineConnection(canned.dockerHost(), null, RegistryLogins.NONE);
        return new Bases(new DockerImages(connection), now::get);
    }

    @BeforeEach
    void registry() {
        canned.on(PULL, 200, "{\"status\":\"Status: Image is up to date for node:24\"}");
        there("[\"node@sha256:aa\"]");
        bases = none();
    }

    @AfterEach
    void close() {
        canned.close();
    }

    private void there(String digests) {
        there("sha256:1", digests);
    }

    private void there(String id, String digests) {
        canned.on(
                "GET /images/node:24/json",
                200,
                "{\"Id\":\"%s\",\"RepoDigests\":%s}".formatted(id, digests));
    }

    /** The registry gives another one from now on. */
    private void newer(String id) {
        canned.on(
                PULL,
                exchange -> {
                    there(id, "[\"node@" + id + "\"]");
                    byte[] answer = "{\"status\":\"Downloaded\"}".getBytes(UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                });
    }

    @Test
    void provide_newerOnes_takeAwayWhatTheyReplacedADayLater() throws Exception {
        canned.on("DELETE /images/", 200, "[]");
        for (String id : List.of("sha256:2", "sha256:3", "sha256:4")) {
            newer(id);
            assertThat(provide()).isEqualTo(Map.of("node:24", id));
            now.addAndGet(Duration.ofHours(25).toNanos());
        }

        assertThat(canned.asked().stream().filter(asked -> asked.startsWith("DELETE")))
                .containsExactly("DELETE /images/sha256:1", "DELETE /images/sha256:2");
    }

    private long pulls() {
        return canned.asked().stream().filter(PULL::equals).count();
    }

    private Map<String, String> provide() throws Exception {
        return bases.provide(List.of("node:24"), LONG, log::add);
    }

    @Test
    void provide_fromARegistry_isAskedForOnceADay() throws Exception {
        assertThat(provide()).isEqualTo(Map.of("node:24", "sha256:aa"));
        now.addAndGet(Duration.ofHours(23).toNanos());
        provide();
        assertThat(pulls()).isEqualTo(1);
        assertThat(log).containsExactly("looking for a newer node:24");

        now.addAndGet(Duration.ofHours(2).toNanos());
        there("[\"node@sha256:bb\"]");

        assertThat(provide()).isEqualTo(Map.of("node:24", "sha256:bb"));
        assertThat(pulls()).isEqualTo(2);
    }

    @Test
    void provide_registryDoesNotAnswer_theOneThereIsDoesAndIsAskedForInAnHour() throws Exception {
        canned.on(PULL, 500, "{\"message\":\"Get https://r/v2/: dial tcp: no route to host\"}");

        assertThat(provide()).isEqualTo(Map.of("node:24", "sha256:aa"));
        provide();

        assertThat(pulls()).isEqualTo(1);
        assertThat(log).last().asString().contains("the one there is does", "no route to host");
        now.addAndGet(Duration.ofMinutes(61).toNanos());
        provide();
        assertThat(pulls()).isEqualTo(2);
    }

    @Test
    void provide_fromNoRegistry_isNeverAskedForAndHasNoDigest() throws Exception {
        there("[]");

        assertThat(provide()).isEmpty();
        assertThat(pulls()).isZero();
    }

    @Test
    void provide_notThereAndNotInItsRegistry_saysWhatToDo() {
        canned.on("GET /images/node:24/json", 404, GONE);
        canned.on(PULL, 404, "{\"message\":\"manifest for node:24 not found\"}");

        assertThatThrownBy(this::provide)
                .isInstanceOfSatisfying(
                        Stalled.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed))
                .hasMessageContaining("the base image node:24 does not exist, or is private");
        assertThat(log).containsExactly("pulling node:24");
    }

    @Test
    void provide_namedByDigest_isNotAskedForAgain() throws Exception {
        canned.on("GET /images/node@sha256:aa/json", 200, "{\"Id\":\"sha256:1\"}");

        assertThat(bases.provide(List.of("node@sha256:aa"), LONG, log::add)).isEmpty();
        assertThat(log).isEmpty();
    }
}
