package dev.berth.liberty;

import static dev.berth.liberty.ControlClient.header;
import static dev.berth.liberty.ControlClient.ids;
import static dev.berth.liberty.ControlClient.problem;
import static dev.berth.liberty.ControlClient.request;
import static dev.berth.liberty.ControlClient.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.JpaPassHistory;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.reconciler.status.SamplePasses;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import jakarta.enterprise.inject.spi.CDI;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.core.ThrowingRunnable;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * The WAR as it is shipped, in a server configured as it is shipped, with no engine and no edge but
 * the one that the tests play. One life, in order: it starts without a database, the database
 * comes, it is asked and listened to, and it is started again.
 */
@ExtendWith(TestServer.class)
@ArquillianTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // Arquillian fills the field
public class ControlIT {
    private static final String BERTH = "berth";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ROUTES = ",\"routes\":{\"routes\":[]}";
    private static final List<String> HISTORY = List.of("p-00003", "p-00002", "p-00001");

    private static @Nullable AutoCloseable openDatabase;

    @ArquillianResource private Deployer deployer;

    private final ControlClient control = new ControlClient();

    @Deployment(name = BERTH, managed = false)
    static WebArchive berth() {
        return ControlArchive.shipped(ControlIT.class);
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        if (openDatabase != null) {
            openDatabase.close();
        }
    }

    // ---- without a database ----

    @Test
    @Order(1)
    @RunAsClient
    void start_databaseDown_isReadyAndSaysWhatIsMissing() throws Exception {
        deployer.deploy(BERTH);

        assertThat(control.json("/health/live").path("status").asString()).isEqualTo("UP");
        assertThat(control.report(report("e1", "")).statusCode()).isEqualTo(409);
        assertThat(control.report(report("e1", ROUTES)).statusCode()).isEqualTo(204);
        eventually(() -> assertThat(control.get("/health/ready").statusCode()).isEqualTo(200));
        eventually(
                () -> {
                    JsonNode history = control.check("history");
                    assertThat(history.path("status").asString()).isEqualTo("DOWN");
                    assertThat(history.path("detail").asString())
                            .startsWith("The database can't be used: ")
                            .contains("127.0.0.1:" + System.getProperty(TestServer.DATABASE_PORT));
                });
        assertThat(control.report(report("e1", "")).statusCode()).isEqualTo(204);
        assertThat(control.check("loop").path("status").asString()).isEqualTo("UP");
        assertThat(control.check("edge").path("detail").asString()).isEqualTo("connected");
        for (String path : List.of("/api/v1/passes", "/api/v1/events", "/api/v1/passes/none")) {
            HttpResponse<String> answer = control.get(path);
            assertThat(problem(answer, 503).path("detail").asString()).contains("database");
            assertThat(header(answer, "Retry-After")).isEqualTo("5");
        }
        assertThat(control.get("/").body()).contains("History is not available");
        assertThat(control.get("/metrics").body()).contains("\nberth_history_available 0\n");
    }

    @Test
    @Order(2)
    @RunAsClient
    void start_databaseDown_passesAreMadeAllTheSame() throws Exception {
        eventually(() -> assertThat(ids(control.listing())).contains("app/shop"));

        JsonNode listing = control.listing();
        assertThat(ids(listing)).containsExactly("instance/home", "app/api", "app/shop");
        assertThat(listing.path("restored").asBoolean()).isFalse();
        assertThat(listing.path("revision").asString()).matches("main@sha1:[0-9a-f]{40}");
        assertThat(texts(listing.path("problems")))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("api.yaml:4:"))
                .satisfies(line -> assertThat(line).contains("spec.replicas"));
        assertThat(control.json("/api/v1/plan").path("pass").asString()).isNotBlank();
        assertThat(control.json("/api/v1/diagnostics").at("/history/available").asBoolean())
                .isFalse();
    }

    @Test
    @Order(3)
    @RunAsClient
    void databaseComes_historyBecomesAvailableByItself() throws Exception {
        TestDatabase database = TestDatabase.start();
        openDatabase = database;

        eventually(
                () ->
                        assertThat(control.check("history").path("status").asString())
                                .isEqualTo("UP"));
        assertThat(database.migrations()).as("V1 to V10").isEqualTo(10);
        eventually(
                () -> {
                    JsonNode passes = control.json("/api/v1/passes");
                    assertThat(passes.at("/items/0/author").asString())
                            .isEqualTo("Ada Lovelace <ada@example.com>");
                    assertThat(passes.at("/items/0/problems").asInt()).isEqualTo(1);
                });
        assertThat(control.get("/").body()).doesNotContain("History is not available");
    }

    // ---- inside ----

    @Test
    @Order(4)
    @OperateOnDeployment(BERTH)
    void inside_runsOnJava25AndTouchesNothingOfTheMachine() {
        Environment environment = bean(Environment.class);

        assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
        assertThat(environment.home().toString()).endsWith(TestServer.HOME);
        assertThat(environment.dockerHost()).startsWith("unix:").endsWith(TestServer.NO_ENGINE);
    }

    @Test
    @Order(5)
    @OperateOnDeployment(BERTH)
    void inside_historyKeepsPassesByJpa() throws Exception {
        JpaPassHistory history = bean(JpaPassHistory.class);
        assertThat(bean(PassHistory.class)).isSameAs(history);
        assertThat(bean(HistoryWriter.class).failure()).isNull();
        PassReport newest = sample(3);

        history.record(sample(1));
        history.record(sample(2));
        history.record(newest);
        history.record(newest);

        assertThat(history.pass("p-00003"))
                .hasValueSatisfying(kept -> assertThat(kept.changes()).isEqualTo(newest.changes()));
        assertThat(history.passes(null, 200).items())
                .filteredOn(pass -> HISTORY.contains(pass.id()))
                .extracting(pass -> pass.id())
                .as("newest first, each once")
                .isEqualTo(HISTORY);
        assertThat(history.events(ResourceId.app("shop"), null, 200).items())
                .anyMatch(event -> event.what().equals("start release 3 of shop"));
        assertThat(bean(StatusBoard.class).newest()).isNotNull();
    }

    // ---- asked ----

    @Test
    @Order(6)
    @RunAsClient
    void api_reads_haveTheirShapes() throws Exception {
        assertThat(control.json("/api/v1").path("resources").asString())
                .startsWith("/api/v1/resources");
        JsonNode shop = control.json("/api/v1/resources/app/shop");
        assertThat(shop.path("id").asString()).isEqualTo("app/shop");
        assertThat(shop.path("declaredAt").asString()).isEqualTo("shop.yaml:1:1");
        assertThat(shop.path("conditions").isEmpty()).isFalse();
        for (JsonNode condition : shop.path("conditions")) {
            assertThat(condition.propertyNames())
                    .contains("type", "status", "reason", "message", "lastTransitionTime");
            Instant.parse(condition.path("lastTransitionTime").asString());
        }
        assertThat(texts(control.json("/api/v1/plan").path("problems"))).hasSize(1);
        JsonNode previews = control.json("/api/v1/previews?app=shop");
        assertThat(previews.path("items").isArray()).isTrue();
        Instant.parse(previews.path("asOf").asString());
        JsonNode pass = control.json("/api/v1/passes/p-00001");
        assertThat(pass.at("/changes/0/what").asString()).isEqualTo("start release 1 of shop");
        assertThat(pass.at("/changes/0/outcome").asString()).isEqualTo("Done");
        assertThat(pass.path("duration").asString()).isEqualTo("PT1.234S");
        JsonNode diagnostics = control.json("/api/v1/diagnostics");
        assertThat(diagnostics.at("/history/available").asBoolean()).isTrue();
        assertThat(diagnostics.path("java").asString()).startsWith("25");
        assertThat(diagnostics.at("/vitals/engineWrites").asInt()).isZero();
        assertThat(control.get("/metrics").body())
                .containsPattern("\nberth_passes_total [1-9]")
                .containsPattern("\nberth_last_fetch_timestamp_seconds [1-9]")
                .contains("\nberth_history_available 1\n", "\nberth_problems 1\n")
                .contains("\nberth_builds_ended_total{phase=\"Serving\"} 0\n")
                .contains("\nberth_previews{state=\"Queued\"} 0\n");
    }

    @Test
    @Order(7)
    @RunAsClient
    void api_lists_arePagedWithoutGapOrDouble() throws Exception {
        assertThat(control.walk("/api/v1/resources?limit=1", "id"))
                .containsExactly("instance/home", "app/api", "app/shop");
        assertThat(control.walk("/api/v1/passes?limit=1", "id"))
                .doesNotHaveDuplicates()
                .containsSubsequence(HISTORY);
        assertThat(control.walk("/api/v1/events?resource=app/shop&limit=1", "what"))
                .containsSubsequence(
                        "start release 3 of shop",
                        "start release 2 of shop",
                        "start release 1 of shop");
        assertThat(control.walk("/api/v1/events?resource=app/shop&limit=200", "resource"))
                .containsOnly("app/shop");
    }

    @Test
    @Order(8)
    @RunAsClient
    void api_unchanged_isNotSentAgain() throws Exception {
        for (String path : List.of("/api/v1", "/api/v1/passes/p-00001")) {
            String tag = header(control.get(path), "ETag");
            assertThat(tag).as(path).startsWith("\"");

            HttpResponse<String> again = control.get(path, "If-None-Match", tag);

            assertThat(again.statusCode()).as(path).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(header(again, "ETag")).isEqualTo(tag);
            assertThat(control.get(path, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Order(9)
    @RunAsClient
    void api_mistakes_areProblems() throws Exception {
        for (String path :
                List.of(
                        "/nope",
                        "/api/v1/nope",
                        "/api/v1/resources/app/none",
                        "/api/v1/resources/teapot/x",
                        "/api/v1/passes/none",
                        "/schemas/v1/none.schema.json",
                        "/assets/none/berth.css")) {
            problem(control.get(path), 404);
        }
        for (String path :
                List.of(
                        "/api/v1/resources?limit=0",
                        "/api/v1/resources?cursor=x",
                        "/api/v1/passes?limit=201",
                        "/api/v1/passes?cursor=x",
                        "/api/v1/events?resource=x",
                        "/api/v1/deliveries?cursor=x",
                        "/api/v1/apps/shop/log?lines=100000")) {
            JsonNode problem = problem(control.get(path), 400);
            assertThat(problem.path("detail").asString()).as(path).isNotBlank();
        }
        problem(control.get("/api/v1/apps/shop/log"), 503);
        problem(control.get("/api/v1/resources", "Accept", "image/png"), 406);
        HttpResponse<String> page = control.get("/nope", "Accept", "text/html,*/*;q=0.8");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(header(page, "Content-Type")).startsWith("text/html");
        assertThat(page.body()).contains("Not found", "There is nothing at this address");
    }

    @Test
    @Order(10)
    @RunAsClient
    void everyAddress_anyWriteVerb_isRefused() throws Exception {
        for (String path : readAddresses()) {
            for (String verb : List.of("POST", "PUT", "PATCH", "DELETE")) {
                assertRefused(verb, path);
            }
        }
        for (String verb : List.of("PUT", "PATCH", "DELETE")) {
            assertRefused(verb, "/edge/v1/reports");
            assertRefused(verb, "/api/webhook");
        }
    }

    // ---- delivered to ----

    /** A delivery of a Gitea; signed when a secret is given. */
    private HttpResponse<String> deliver(String event, String body, String secret)
            throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal(body.getBytes(StandardCharsets.UTF_8));
        return control.send(
                request("/api/webhook")
                        .header("Content-Type", "application/json")
                        .header("X-Gitea-Event", event)
                        .header("X-Gitea-Delivery", event + "-1")
                        .header("X-Gitea-Signature", HexFormat.of().formatHex(signature))
                        .POST(BodyPublishers.ofString(body)));
    }

    /** As Azure delivers: who sends it logs in. */
    private HttpResponse<String> byPassword(String password) throws Exception {
        byte[] login = ("berth:" + password).getBytes(StandardCharsets.UTF_8);
        return control.send(
                request("/api/webhook")
                        .header(
                                "Authorization",
                                "Basic " + Base64.getEncoder().encodeToString(login))
                        .POST(BodyPublishers.ofString("{\"eventType\": \"build.complete\"}")));
    }

    @Test
    @Order(11)
    @RunAsClient
    void webhook_signedOrNot_isAnsweredAndListed() throws Exception {
        String secret = TestServer.WEBHOOK_SECRET;
        String repo = "{\"repository\": {\"clone_url\": \"https://git.example.com/acme/none\"}}";

        problem(byPassword("another"), 401);
        assertThat(byPassword(secret).statusCode()).as("of Azure").isEqualTo(202);
        problem(deliver("push", repo, "another"), 401);
        HttpResponse<String> unsigned =
                control.send(
                        request("/api/webhook")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString("payload=%7B%7D")));
        problem(unsigned, 401);
        assertThat(header(unsigned, "WWW-Authenticate")).isNotBlank();
        problem(deliver("push", repo, secret), 404);
        problem(deliver("push", "payload=%7B%7D", secret), 400);
        assertThat(deliver("ping", "{}", secret).statusCode()).isEqualTo(200);
        HttpResponse<String> first = deliver("star", "{}", secret);
        HttpResponse<String> again = deliver("star", "{}", secret);
        problem(control.get("/api/webhook"), 405);

        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(header(first, "Content-Type")).startsWith("application/json");
        String run = ControlClient.read(first.body()).path("run").asString();
        assertThat(ControlClient.read(again.body()).path("run").asString()).isEqualTo(run);
        assertThat(ControlClient.read(again.body()).path("coalesced").asBoolean()).isTrue();
        assertThat(control.json("/api/v1/deliveries/" + run).path("times").asInt()).isEqualTo(2);
        assertThat(control.walk("/api/v1/deliveries?limit=2", "outcome"))
                .containsSubsequence(
                        "Ignored", "Ping", "Unreadable", "Unnamed", "BadSignature", "BadSignature");
        assertThat(control.get("/webhooks").body())
                .contains("git.example.com/acme/none", "No such repo");
        assertThat(control.get("/metrics").body())
                .contains("\nberth_webhook_total{provider=\"gitea\",outcome=\"Ping\"} 1\n")
                .contains("\nberth_forge_posts_total{outcome=\"given_up\"} 0\n")
                .contains("\nberth_forge_posts_waiting 0\n");
        assertThat(control.json("/api/v1/deliveries").toString()).doesNotContain(secret);
    }

    @Test
    @Order(11)
    @RunAsClient
    void webhook_tooLong_isRefused() throws Exception {
        HttpResponse<String> answer =
                control.send(
                        request("/api/webhook")
                                .header("X-Gitea-Event", "push")
                                .header("X-Gitea-Signature", "0".repeat(64))
                                .expectContinue(true)
                                .POST(BodyPublishers.ofByteArray(new byte[(25 << 20) + 1])));
        HttpResponse<String> chunked =
                control.send(
                        request("/api/webhook")
                                .header("X-Gitea-Event", "push")
                                .header("X-Gitea-Signature", "0".repeat(64))
                                .POST(
                                        BodyPublishers.ofInputStream(
                                                () ->
                                                        new ByteArrayInputStream(
                                                                new byte[(25 << 20) + 1]))));

        problem(answer, 413);
        problem(chunked, 413);
    }

    @Test
    @Order(11)
    @RunAsClient
    void pages_areSafeAndComplete() throws Exception {
        HttpResponse<String> page = control.get("/");

        assertThat(page.body())
                .contains("/resources/app/shop", "1 problem in the config repo", "api.yaml:4:");
        for (String path : List.of("/", "/passes", "/events", "/resources/app/shop", "/nope")) {
            HttpResponse<String> answer = control.get(path, "Accept", "text/html");
            assertThat(header(answer, "Content-Type")).as(path).startsWith("text/html");
            assertThat(header(answer, "Content-Security-Policy"))
                    .as(path)
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.body()).doesNotContain("<style", " style=", " onclick=");
        }
        assertThat(control.get("/resources/app/shop").body()).contains("start release 1 of shop");
        assertThat(control.get("/passes").body()).contains("/passes/p-00001");
        assertThat(control.get("/passes/p-00001").body()).contains("start release 1 of shop");
        assertThat(control.get("/events").body()).contains("start release 1 of shop");
        String style = page.body().replaceAll("(?s).*href=\"(/assets/[^\"]*berth.css)\".*", "$1");
        HttpResponse<String> sheet = control.get(style);
        assertThat(sheet.statusCode()).isEqualTo(200);
        assertThat(header(sheet, "Cache-Control")).contains("immutable");
    }

    @Test
    @Order(12)
    @RunAsClient
    void schemas_arePublishedForEditors() throws Exception {
        for (String name : List.of("berth", "instance", "app", "domain")) {
            HttpResponse<String> answer = control.get("/schemas/v1/" + name + ".schema.json");

            assertThat(answer.statusCode()).as(name).isEqualTo(200);
            assertThat(header(answer, "Content-Type")).startsWith("application/schema+json");
            assertThat(ControlClient.read(answer.body()).path("$schema").asString())
                    .as(name)
                    .isEqualTo("http://json-schema.org/draft-07/schema#");
        }
    }

    @Test
    @Order(13)
    @RunAsClient
    void edge_tokenAndProtocol() throws Exception {
        problem(control.get("/edge/v1/snapshots?have=0"), 401);
        HttpResponse<String> wrong =
                control.get("/edge/v1/snapshots?have=0", "Authorization", "Bearer wrong");
        problem(wrong, 401);
        assertThat(header(wrong, "WWW-Authenticate")).isEqualTo("Bearer");
        problem(
                control.send(
                        request("/edge/v1/reports")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(report("e1", ROUTES)))),
                401);
        problem(control.report("{broken"), 400);
        assertThat(control.report(report("another", "")).statusCode()).isEqualTo(409);
        assertThat(control.report(report("e1", ROUTES)).statusCode()).isEqualTo(204);
        HttpResponse<String> snapshot =
                control.send(ControlClient.asEdge("/edge/v1/snapshots?have=0"));
        assertThat(snapshot.statusCode()).isEqualTo(200);
        assertThat(ControlClient.read(snapshot.body()).path("version").asLong())
                .isGreaterThanOrEqualTo(7);
    }

    // ---- listened to ----

    @Test
    @Order(14)
    @RunAsClient
    void stream_tellsTheNewestPassAtOnceAndThenEachCommit() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        CompletableFuture<?> reading = control.follow("/api/v1/stream", lines);
        try {
            eventually(
                    () ->
                            assertThat(lines)
                                    .anyMatch(line -> line.matches("event: ?resource"))
                                    .anyMatch(line -> line.matches("event: ?pass"))
                                    .anyMatch(line -> line.contains("\"id\":\"app/shop\"")));

            String revision = TestServer.config().mendApi();

            eventually(() -> assertThat(passes(lines)).contains(revision));
            assertThat(texts(control.listing().path("problems"))).isEmpty();
        } finally {
            reading.cancel(true);
        }
    }

    // ---- started again ----

    @Test
    @Order(15)
    @RunAsClient
    void startedAgain_statusIsReadableBeforeTheFirstPass() throws Exception {
        String revision = control.listing().path("revision").asString();
        deployer.undeploy(BERTH);
        deployer.deploy(BERTH);

        JsonNode restored =
                await().atMost(SOON).until(control::listing, found -> !ids(found).isEmpty());
        assertThat(ids(restored)).contains("app/api", "app/shop");
        assertThat(restored.path("restored").asBoolean()).as("no edge, so no pass yet").isTrue();
        assertThat(restored.path("revision").asString()).isEqualTo(revision);
        assertThat(restored.path("pass").asString())
                .isEqualTo(control.json("/api/v1/passes?limit=1").at("/items/0/id").asString());
        assertThat(control.get("/").body()).contains("Berth has just started");
        assertThat(control.get("/metrics").body()).contains("\nberth_passes_total 0\n");

        assertThat(control.report(report("e1", ROUTES)).statusCode()).isEqualTo(204);

        eventually(() -> assertThat(control.listing().path("restored").asBoolean()).isFalse());
        assertThat(control.listing().path("revision").asString()).isEqualTo(revision);
        deployer.undeploy(BERTH);
    }

    @Test
    @Order(16)
    @RunAsClient
    void serverLog_afterAll_hasNoError() throws Exception {
        List<String> log = TestServer.log();

        assertThat(log).anyMatch(line -> line.contains("CWWKZ0001I: Application berth started"));
        assertThat(log)
                .filteredOn(
                        line -> line.matches("\\[[^]]*] \\w+ \\S+ +[EF] .*|.*CWWK\\w\\d{4}E:.*"))
                .isEmpty();
        assertThat(log)
                .as("what says nothing, or the same again and again")
                .noneMatch(line -> line.contains("db/callback"))
                .noneMatch(line -> line.contains("HttpRequestRetryExec"))
                .noneMatch(line -> line.contains("CWWJP9991W"));
    }

    // ---- what they share ----

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).untilAsserted(assertion);
    }

    private static <T> T bean(Class<T> type) {
        return CDI.current().select(type).get();
    }

    /** A pass of now: one of long ago would be forgotten. */
    private static PassReport sample(int n) {
        PassReport pass = SamplePasses.pass(n);
        return new PassReport(
                pass.id(),
                pass.trigger(),
                pass.revision(),
                pass.author(),
                Instant.now().truncatedTo(ChronoUnit.MICROS),
                pass.duration(),
                pass.plan(),
                pass.changes(),
                pass.problems(),
                pass.resources());
    }

    /** The revisions of the passes that a stream told of. */
    private static List<String> passes(List<String> lines) {
        List<String> revisions = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("data:") && line.contains("\"trigger\":")) {
                revisions.add(ControlClient.read(line.substring(5)).path("revision").asString());
            }
        }
        return revisions;
    }

    private void assertRefused(String verb, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                control.send(
                        ControlClient.asEdge(path).method(verb, BodyPublishers.ofString("{}")));
        problem(answer, 405);
        assertThat(List.of(header(answer, "Allow").split(", *"))).doesNotContain(verb);
    }

    private static List<String> readAddresses() {
        return List.of(
                "/",
                "/passes",
                "/passes/p-00001",
                "/events",
                "/webhooks",
                "/resources/app/shop",
                "/previews",
                "/favicon.svg",
                "/api/v1",
                "/api/v1/resources",
                "/api/v1/resources/app/shop",
                "/api/v1/plan",
                "/api/v1/previews",
                "/api/v1/passes",
                "/api/v1/passes/p-00001",
                "/api/v1/events",
                "/api/v1/deliveries",
                "/api/v1/webhooks",
                "/api/v1/apps/shop/log",
                "/api/v1/stream",
                "/api/v1/diagnostics",
                "/schemas/v1/app.schema.json",
                "/health",
                "/health/ready",
                "/metrics",
                "/edge/v1/snapshots");
    }

    private static String report(String edge, String more) {
        return "{\"edge\":\"%s\",\"version\":7,\"inFlight\":[],\"probes\":[]%s}"
                .formatted(edge, more);
    }
}
