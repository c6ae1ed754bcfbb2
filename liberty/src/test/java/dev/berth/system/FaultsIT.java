package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import dev.berth.schemas.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Bad releases, people's hands, and kill -9, on the real thing. One Berth, one app a test. */
class FaultsIT {
    @TempDir static Path directory;
    private static Berth berth = new Berth();

    private int before;

    @BeforeAll
    static void up() {
        berth = new Berth(directory);
        berth.push("begin").up();
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    @BeforeEach
    void count() {
        before = berth.containers.all().size();
    }

    @AfterEach
    void removeApp() throws Exception {
        if (berth.clone.resolve("app.yaml").toFile().exists()) {
            berth.delete("app.yaml").push("remove");
        }
        berth.await("no container left", () -> berth.containers.all().size() == before);
    }

    private void deploy(String document) {
        berth.write("app.yaml", document).push("change");
    }

    @Test
    void imageThatExits_isStalledWithItsLastWords() throws Exception {
        deploy(Apps.exiting("dying", "cannot find the treasure", 3));

        berth.awaitCondition("app/dying", "Stalled", "True");

        assertThat(berth.condition("app/dying", "Ready").path("message").asString())
                .contains("cannot find the treasure");
        assertThat(berth.get("dying.localhost", "/").statusCode()).isEqualTo(503);
        assertThat(berth.containers.of("dying")).isEmpty();
    }

    @Test
    void releaseThatAnswers500_leavesTheOldOneServing() throws Exception {
        deploy(Apps.answering("shop", "one"));
        berth.awaitBody("shop", "/", "one");
        Set<String> serving = ids("shop");
        try (Poller client = new Poller(berth, "shop.localhost")) {
            deploy(Apps.answeringStatus("shop", 500));
            berth.awaitCondition("app/shop", "Stalled", "True");

            assertThat(berth.condition("app/shop", "Ready").path("message").asString())
                    .contains("HTTP 500");
            assertThat(berth.condition("app/shop", "Ready").path("reason").asString())
                    .isEqualTo("RolledBack");
            assertThat(ids("shop")).isEqualTo(serving);
            assertThat(client.failures()).isEmpty();
        }
    }

    @Test
    void releaseThatAcceptsTcpBeforeItAnswers_getsNoTrafficUntilItDoes() throws Exception {
        deploy(Apps.answering("late", "one"));
        berth.awaitBody("late", "/", "one");
        try (Poller client = new Poller(berth, "late.localhost")) {
            deploy(Apps.acceptingTcpBeforeHttp("late", "two", 3000));
            berth.awaitBody("late", "/", "two");

            assertThat(client.failures()).isEmpty();
            assertThat(client.answers()).isGreaterThan(20);
        }
    }

    @Test
    void buildThatFails_isStalledWithTheStep() throws Exception {
        berth.write("broken/Dockerfile", "FROM busybox:1\nRUN echo about to fail && false\n");
        deploy(
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: broken}
                spec: {source: {path: broken}, port: 3000}
                """);

        berth.awaitCondition("app/broken", "Stalled", "True");

        assertThat(berth.condition("app/broken", "Ready").path("reason").asString())
                .isEqualTo("BuildFailed");
        assertThat(berth.condition("app/broken", "Ready").path("message").asString())
                .contains("about to fail");
        JsonNode build = berth.api("builds?app=broken").at("/items/0");
        assertThat(phases(build))
                .containsExactly("Queued", "Fetching", "Detecting", "Building", "Failed");
        assertThat(berth.page("/builds/" + build.path("id").asString()))
                .contains("Failed in Building", "about to fail");
    }

    private static List<String> phases(JsonNode build) {
        return build.path("steps").valueStream().map(s -> s.path("phase").asString()).toList();
    }

    /** The next control goes on with it; who follows its log misses nothing. */
    @Test
    void controlKilledDuringABuild_isTheSameBuildsNextAttempt() throws Exception {
        berth.write(
                "tough/Dockerfile",
                """
                FROM busybox:1
                RUN for i in 1 2 3 4 5 6; do echo "tough $i"; sleep 1; done; echo %d
                RUN mkdir /www && echo tough > /www/index.html
                CMD ["httpd", "-f", "-p", "3000", "-h", "/www"]
                """
                        .formatted(System.nanoTime())); // or a build of before would do
        deploy(
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: tough}
                spec: {source: {path: tough}, port: 3000}
                """);
        berth.await("a build", () -> log("tough").contains("tough 2\n"));
        String id = newest("tough").path("id").asString();
        berth.kill("control");

        berth.awaitBody("tough", "/", "tough");
        berth.await("its end", () -> phases(newest("tough")).getLast().equals("Serving"));

        JsonNode build = newest("tough");
        assertThat(build.path("id").asString()).isEqualTo(id);
        assertThat(build.path("attempt").asInt()).isEqualTo(2);
        assertThat(phases(build)).contains("Releasing", "Probing");
        assertThat(log("tough")).contains("--- attempt 2 ---", "tough 6\n");
        String streamed = berth.page("/api/v1/builds/" + id + "/log", "text/event-stream");
        assertThat(lines(streamed)).isEqualTo(log("tough"));
        assertThat(streamed).contains("event: done").contains("\"Serving\"");
    }

    private static JsonNode newest(String app) throws Exception {
        return berth.api("builds?app=" + app).at("/items/0");
    }

    private static String log(String app) throws Exception {
        String id = newest(app).path("id").asString("");
        return id.isEmpty() ? "" : berth.page("/api/v1/builds/" + id + "/log", "text/plain");
    }

    /** What the events of a stream hold. */
    private static String lines(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data: ["))
                .map(line -> Json.read(line.substring(6), String[].class))
                .flatMap(Arrays::stream)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void fixPushedWhileABadReleaseIsWaitedFor_isNotHeldUpByIt() throws Exception {
        deploy(Apps.answering("hurry", "one"));
        berth.awaitBody("hurry", "/", "one");
        deploy(Apps.answeringStatus("hurry", 500).replace("deadline: 6s", "deadline: 10m"));
        berth.await("a candidate", () -> berth.containers.of("hurry").size() == 2);

        deploy(Apps.answering("hurry", "three"));

        berth.awaitBody("hurry", "/", "three"); // well within the bad one's deadline
        berth.await("one container", () -> berth.containers.of("hurry").size() == 1);
    }

    @Test
    void containerRemovedByHand_isReplaced() throws Exception {
        deploy(Apps.answering("gone", "here", "  replicas: 2\n"));
        berth.awaitBody("gone", "/", "here");
        berth.await("two containers", () -> berth.containers.of("gone").size() == 2);
        Container victim = berth.containers.of("gone").getFirst();

        berth.containers.docker().removeContainerCmd(victim.getId()).withForce(true).exec();

        berth.await(
                "a new container",
                () ->
                        berth.containers.of("gone").size() == 2
                                && !ids("gone").contains(victim.getId()));
        berth.awaitBody("gone", "/", "here");
        berth.await("the reason", () -> berth.api("events").toString().contains("is missing"));
    }

    @Test
    void containerChangedByHand_isRepaired() throws Exception {
        deploy(Apps.answering("drift", "here", "  resources: {memory: 128Mi}\n"));
        berth.awaitBody("drift", "/", "here");
        Container changed = berth.containers.of("drift").getFirst();
        try (Poller client = new Poller(berth, "drift.localhost")) {
            berth.containers
                    .docker()
                    .updateContainerCmd(changed.getId())
                    .withMemory(256L << 20)
                    .withMemorySwap(256L << 20)
                    .exec();

            berth.await(
                    "a repaired container",
                    () -> !ids("drift").contains(changed.getId()) && ids("drift").size() == 1);

            assertThat(
                            berth.containers
                                    .inspect(berth.containers.of("drift").getFirst())
                                    .getHostConfig()
                                    .getMemory())
                    .isEqualTo(128L << 20);
            assertThat(client.failures()).isEmpty();
        }
        berth.await("the reason", () -> berth.api("events").toString().contains("changed by hand"));
    }

    @Test
    void controlKilledBetweenStartAndSwitch_finishesWithoutAFailedRequest() throws Exception {
        deploy(Apps.answering("kill", "one"));
        berth.awaitBody("kill", "/", "one");
        try (Poller client = new Poller(berth, "kill.localhost")) {
            deploy(Apps.startingSlowly("kill", "two", 4000));
            berth.await("a candidate", () -> berth.containers.of("kill").size() == 2);

            berth.kill("control");

            berth.awaitBody("kill", "/", "two");
            berth.await("the old one gone", () -> berth.containers.of("kill").size() == 1);
            assertThat(client.failures()).isEmpty();
        }
    }

    @Test
    void controlKilledBetweenSwitchAndStop_finishesWithoutAFailedRequest() throws Exception {
        deploy(Apps.answeringSlowly("drain", "one", 8000));
        berth.awaitBody("drain", "/", "one");
        CompletableFuture<HttpResponse<String>> inFlight =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return berth.get("drain.localhost", "/slow");
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        try (Poller client = new Poller(berth, "drain.localhost")) {
            deploy(Apps.answering("drain", "two"));
            berth.awaitBody("drain", "/", "two");
            assertThat(berth.containers.of("drain")).as("the old one drains").hasSize(2);

            berth.kill("control");

            assertThat(inFlight.get().body()).isEqualTo("begin end");
            berth.await("the old one gone", () -> berth.containers.of("drain").size() == 1);
            berth.awaitBody("drain", "/", "two");
            assertThat(client.failures()).isEmpty();
        }
    }

    @Test
    void edgeKilled_servesTheLastGoodRoutesAlsoWithoutControl() throws Exception {
        deploy(Apps.answering("edge", "one"));
        berth.awaitBody("edge", "/", "one");

        berth.kill("control");
        berth.kill("edge");

        berth.awaitBody("edge", "/", "one");
    }

    @Test
    void unrelatedCommit_touchesNoContainer() throws Exception {
        deploy(Apps.answering("calm", "one"));
        berth.awaitBody("calm", "/", "one");
        berth.awaitCondition("app/calm", "Ready", "True");
        Set<String> ids = berth.containers.ids();

        berth.write("README.md", "nothing to do with any app").push("unrelated").awaitSeen();

        assertThat(berth.containers.ids()).isEqualTo(ids);
    }

    @Test
    void brokenDocument_keepsItsLastGoodSpecAndReportsEveryProblem() throws Exception {
        deploy(Apps.answering("typo", "one"));
        berth.awaitBody("typo", "/", "one");
        Set<String> ids = ids("typo");

        deploy(Apps.answering("typo", "two").replace("port: 3000", "prot: x\n  replicas: two"));

        berth.await("the problems", () -> berth.api("resources").toString().contains("prot"));
        assertThat(berth.api("resources").toString())
                .contains("app.yaml:")
                .contains("spec.replicas");
        assertThat(ids("typo")).isEqualTo(ids);
        assertThat(berth.get("typo.localhost", "/").body()).isEqualTo("one");
    }

    private static Set<String> ids(String app) {
        List<Container> containers = berth.containers.of(app);
        return Set.copyOf(containers.stream().map(Container::getId).toList());
    }
}
