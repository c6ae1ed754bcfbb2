package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Apps that sleep while nobody asks: an API, whose clients wait, and a site that people look at.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SleepIT {
    private static final String SLEEPY = "  sleep: {after: 10s}\n";

    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() throws Exception {
        berth = new Berth(directory);
        berth.settings("source: {interval: 5s}")
                .write("api.yaml", Apps.answering("api", "up", SLEEPY + "  replicas: 2\n"))
                .write("page.yaml", Apps.answering("page", "welcome", SLEEPY))
                .push("begin")
                .up();
        berth.awaitBody("api", "/", "up");
        berth.awaitBody("page", "/", "welcome");
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    /** Also until a pass has seen that the containers are gone. */
    private static void awaitAsleep(String app) {
        berth.await(
                app + " to sleep",
                () ->
                        berth.condition("app/" + app, "Ready")
                                        .path("reason")
                                        .asString()
                                        .equals("Asleep")
                                && berth.api("resources/app/" + app)
                                                .at("/replicas/web/running")
                                                .asInt(-1)
                                        == 0
                                && berth.containers.of(app).isEmpty());
    }

    @Test
    @Order(1)
    void idle_isStoppedAndEveryPlaceSaysSo() throws Exception {
        awaitAsleep("api");
        awaitAsleep("page");

        assertThat(berth.condition("app/api", "Ready").path("status").asString()).isEqualTo("True");
        assertThat(berth.launcher("status").output()).containsPattern("app/api +Asleep +web 0/0");
        assertThat(berth.api("apps/api/traffic").at("/routes/0/asleep").asBoolean(false)).isTrue();
        assertThat(berth.launcher("plan", berth.clone.toString()).output())
                .contains("nothing to change");
    }

    @Test
    @Order(2)
    void asked_byManyAtOnce_startsOnceAndAnswersAll() throws Exception {
        List<Callable<HttpResponse<String>>> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            clients.add(() -> berth.get("api.localhost", "/"));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> answer : threads.invokeAll(clients)) {
                assertThat(answer.get()).returns(200, HttpResponse::statusCode);
                assertThat(answer.get().body()).isEqualTo("up");
            }
        }

        assertThat(berth.containers.of("api")).hasSize(2);
    }

    @Test
    @Order(3)
    void asked_byABrowser_showsAPageThatComesBack() throws Exception {
        HttpResponse<String> waiting = berth.get("page.localhost", "/", "Accept", "text/html");

        assertThat(waiting.statusCode()).isEqualTo(503);
        assertThat(waiting.headers().firstValueAsLong("retry-after").orElse(0)).isPositive();
        assertThat(waiting.body()).contains("http-equiv=\"refresh\"", "is starting");
        berth.await(
                "the page itself",
                () ->
                        berth.get("page.localhost", "/", "Accept", "text/html")
                                .body()
                                .equals("welcome"));
    }

    @Test
    @Order(4)
    void berthGoesAndComesBack_whoSleptSleepsOn() throws Exception {
        awaitAsleep("api");
        awaitAsleep("page");
        berth.down();
        berth.up();
        berth.await(
                "a pass that knows the edge",
                () ->
                        !berth.api("resources").path("restored").asBoolean(true)
                                && berth.condition("app/api", "Ready")
                                        .path("reason")
                                        .asString()
                                        .equals("Asleep"));

        assertThat(berth.containers.all()).isEmpty();
        assertThat(berth.get("page.localhost", "/").body()).isEqualTo("welcome");
        assertThat(berth.containers.of("api")).as("asked for is only the other").isEmpty();
    }

    @Test
    @Order(5)
    void newerReleaseOfASleepingApp_isStartedByTheNextRequest() throws Exception {
        berth.write("api.yaml", Apps.answering("api", "newer", SLEEPY)).push("a newer release");
        berth.awaitSeen();

        assertThat(berth.containers.of("api")).isEmpty();
        assertThat(berth.get("api.localhost", "/").body()).isEqualTo("newer");
    }

    @Test
    @Order(6)
    void releaseThatCannotStart_tellsWhoAsksAndWhy() throws Exception {
        awaitAsleep("page");
        berth.write("page.yaml", Apps.exiting("page", "cannot find the harbour", 3) + SLEEPY)
                .push("a broken release");
        berth.awaitSeen();

        assertThat(berth.get("page.localhost", "/").statusCode()).isEqualTo(503);
        berth.await(
                "its last words",
                () ->
                        berth.condition("app/page", "Ready")
                                .path("message")
                                .asString()
                                .contains("cannot find the harbour"));
        berth.write("page.yaml", Apps.answering("page", "mended", SLEEPY)).push("mended");
        berth.awaitBody("page", "/", "mended");
    }
}
