package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.RealEngine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a newcomer does in the first five minutes: bring Berth up with the example, look, change
 * something, look again, bring it down and up.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExampleIT {
    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() throws IOException {
        berth = new Berth(directory);
        Path example = RealEngine.root().resolve("example-config-repo");
        try (Stream<Path> files = Files.walk(example)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = example.relativize(file).toString();
                if (!name.equals("berth.yaml")) {
                    berth.write(name, Files.readString(file));
                }
            }
        }
        berth.push("the example").up();
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    @Test
    @Order(1)
    void example_everyApp_isServed() {
        berth.awaitBody("hello", "/", "<h1");
        berth.awaitBody("clock", "/", ":");
        berth.awaitBody("guestbook", "/", "<form");
        berth.awaitBody("quotes", "/", "<blockquote>");
        for (String app : new String[] {"hello", "guestbook", "clock", "quotes"}) {
            berth.awaitCondition("app/" + app, "Ready", "True");
        }
    }

    @Test
    @Order(2)
    void guestbook_entry_isKept() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + berth.http + "/"))
                        .header("Host", "guestbook.localhost")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("name=Ada&text=first+light"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        berth.awaitBody("guestbook", "/", "first light");
    }

    @Test
    @Order(3)
    void push_changedPage_isServedWithoutTouchingTheOthers() throws Exception {
        Set<String> before = berth.containers.ids();
        Path page = page("hello");
        berth.write(
                        berth.clone.relativize(page).toString(),
                        Files.readString(page).replaceFirst("<h1[^>]*>", "$0Changed "))
                .push("change the page");

        berth.awaitBody("hello", "/", "Changed ");

        assertThat(berth.containers.ids()).isEqualTo(before);
    }

    @Test
    @Order(3)
    void push_codeThatMakesFiles_isBuiltAndServedWithoutAContainer() throws Exception {
        Set<String> before = berth.containers.ids();
        berth.write(
                        "apps/leaflet.yaml",
                        """
                        apiVersion: berth/v1
                        kind: App
                        metadata: {name: leaflet}
                        spec: {source: {path: apps/leaflet}}
                        """)
                .write(
                        "apps/leaflet/package.json",
                        """
                        {"name": "leaflet", "private": true, "engines": {"node": "22"},
                         "scripts": {"build": "node build.js"},
                         "devDependencies": {"vite": "file:vite"}}
                        """)
                .write(
                        "apps/leaflet/package-lock.json",
                        """
                        {"name": "leaflet", "lockfileVersion": 3, "requires": true, "packages": {
                          "": {"name": "leaflet", "devDependencies": {"vite": "file:vite"}},
                          "node_modules/vite": {"resolved": "vite", "link": true},
                          "vite": {"version": "7.0.0", "dev": true}}}
                        """)
                .write(
                        "apps/leaflet/vite/package.json",
                        "{\"name\": \"vite\", \"version\": \"7.0.0\"}")
                .write("apps/leaflet/index.html", "<h1>source</h1>")
                .write(
                        "apps/leaflet/build.js",
                        """
                        const fs = require('node:fs');
                        fs.mkdirSync('dist/assets', {recursive: true});
                        fs.writeFileSync('dist/index.html', '<h1>unfolded</h1>');
                        fs.writeFileSync('dist/assets/a.js', 'folded()');
                        """)
                .push("code without a Dockerfile");

        berth.awaitBody("leaflet", "/", "<h1>unfolded</h1>");
        berth.awaitBody("leaflet", "/assets/a.js", "folded()");
        berth.awaitBody("leaflet", "/any/place", "<h1>unfolded</h1>");

        assertThat(berth.containers.ids()).isEqualTo(before);
        JsonNode build = berth.api("apps/leaflet/build");
        assertThat(build.path("recognisedAs").asString()).isEqualTo("Vite");
        assertThat(build.path("makes").asString()).isEqualTo("Files");
        assertThat(build.path("text").asString()).contains("FROM scratch");
        assertThat(control("/resources/app/leaflet")).contains("Recognised as Vite");
    }

    private static Path page(String app) throws IOException {
        try (Stream<Path> files = Files.walk(berth.clone)) {
            return files.filter(f -> f.endsWith("index.html"))
                    .filter(f -> f.toString().contains(app))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    @Order(4)
    void status_verbAndApiAndPages_speakOfTheSame() throws Exception {
        Shell.Result status = berth.launcher("status");

        assertThat(status.output()).contains("app/guestbook").contains("app/clock");
        assertThat(berth.api("resources").toString()).contains("app/hello");
        assertThat(control("/")).contains("guestbook").contains("Ready");
        assertThat(control("/metrics")).contains("berth_");
        assertThat(control("/health/ready")).isNotEmpty();
        assertThat(control("/schemas/v1/berth.schema.json")).contains("\"App\"");
        assertThat(berth.launcher("logs", "guestbook").exit()).isZero();
    }

    private static String control(String path) throws Exception {
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://127.0.0.1:" + berth.control + path))
                                        .header("Accept", "text/html,*/*")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return response.body();
    }

    @Test
    @Order(5)
    void plan_ofWhatRuns_isEmptyAndOfAChangeSaysWhy() throws Exception {
        assertThat(berth.launcher("plan", berth.clone.toString()).output())
                .contains("nothing to change");
        String clock = Files.readString(berth.clone.resolve("apps/clock.yaml"));
        berth.write("apps/clock.yaml", clock.replace("replicas: 1", "replicas: 2"));

        Shell.Result plan = berth.launcher("plan", berth.clone.toString());

        assertThat(plan.output()).contains("app/clock").contains("#2");
        berth.write("apps/clock.yaml", clock);
        assertThat(berth.launcher("validate", berth.clone.toString()).output()).contains("ok:");
    }

    @Test
    @Order(6)
    void downAndUpTwice_adoptsWhatRuns() throws Exception {
        Set<String> before = berth.containers.ids();
        JsonNode hello = asChanged("hello");
        for (int round = 0; round < 2; round++) {
            berth.down();
            assertThat(berth.containers.ids()).isEqualTo(before);
            berth.up();
            berth.awaitBody("guestbook", "/", "first light");
            berth.awaitBody("hello", "/", "Changed ");
            berth.await(
                    "passes of its own",
                    () -> !berth.api("resources").path("restored").asBoolean(true));
            berth.await("the times from before", () -> asChanged("hello").equals(hello));
        }
        assertThat(berth.containers.ids()).isEqualTo(before);
        assertThat(berth.api("events").toString()).contains("first deployment");
    }

    /** An app with when it was changed: without since when it serves, as nothing did meanwhile. */
    private static JsonNode asChanged(String app) throws Exception {
        ObjectNode status = (ObjectNode) berth.api("resources/app/" + app);
        status.path("conditions").forEach(one -> ((ObjectNode) one).remove("lastTransitionTime"));
        return status;
    }

    @Test
    @Order(7)
    void freshHome_sameEngineAndRepo_adoptsWhatRuns() throws Exception {
        Set<String> before = berth.containers.ids();
        berth.down();
        berth.loseHome();

        berth.up();

        berth.awaitBody("guestbook", "/", "first light");
        berth.awaitBody("clock", "/", ":");
        berth.awaitCondition("app/clock", "Ready", "True");
        assertThat(berth.containers.ids()).isEqualTo(before);
    }

    @Test
    @Order(8)
    void branchVanishes_nothingIsDeletedAndItIsShown() throws Exception {
        Set<String> before = berth.containers.ids();
        Berth.git(berth.repo, "update-ref", "-d", "refs/heads/main");

        berth.awaitCondition("instance/" + berth.instance, "SourceVerified", "False");

        assertThat(berth.containers.ids()).isEqualTo(before);
        berth.awaitBody("clock", "/", ":");
        Berth.git(berth.clone, "push", "-q", "origin", "HEAD:main");
        berth.awaitCondition("instance/" + berth.instance, "SourceVerified", "True");
    }
}
