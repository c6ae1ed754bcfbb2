package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.forge.ForgeDouble;
import dev.berth.reconciler.forge.ForgeState;
import dev.berth.reconciler.source.GitHttpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Pull requests on a real engine, with Git over HTTP, a forge that lists them, and webhooks. */
class PreviewsIT {
    private static final String SHOP = AtForge.SHOP;
    private static final String CONFIG = AtForge.CONFIG;
    private static final int QUOTA = 3;

    /** So seldom that whatever happens soon happens for a webhook. */
    private static final String RARELY = "1h";

    @TempDir Path directory;

    private Berth berth;
    private AtForge at;

    @BeforeEach
    void makeRepos() throws IOException {
        berth = new Berth(directory);
        at = new AtForge(directory);
    }

    @AfterEach
    void end() {
        berth.close();
        at.close();
    }

    @Test
    void pullRequests_openedPushedClosed_haveWhatTheyAreDueAndLeaveNothing() throws Exception {
        at.declareIn(berth, RARELY);
        declareShop(3000);
        berth.push("an app with previews").withConfigAt(at.url(CONFIG)).up();
        berth.awaitBody("shop", "/", "trunk");

        // opened: exactly its newest commit is served, soon after a webhook
        String first = at.open(1, "one");
        at.pull(berth, SHOP, 1, "opened");
        awaitPreview(1, "one");
        assertThat(preview(1).path("serves").asString()).isEqualTo(first);
        assertThat(ofPreview(1)).isNotEmpty();
        berth.await("the comment", () -> comment(1).contains("serves at http://pr-1-"));
        awaitStatus(first, "berth/preview/shop", "success");

        // pushed: no request fails while the new commit takes over
        try (Poller poller = new Poller(berth, "pr-1-shop.localhost")) {
            String second = at.push(1, "two");
            at.pull(berth, SHOP, 1, "synchronized");
            awaitPreview(1, "two");
            awaitStatus(second, "berth/preview/shop", "success");
            assertThat(poller.failures()).isEmpty();
        }

        proposeForConfig();
        loseAndBreak();

        // more than there may be at a time, and no word of it but what polling finds
        at.settings(berth, "1s");
        berth.push("poll often");
        at.pushed(berth, CONFIG);
        IntStream.rangeClosed(2, 20).forEach(number -> at.open(number, "many"));
        berth.await("three of twenty", () -> count("Serving") == QUOTA && count("Queued") == 17);
        berth.await("the comment", () -> comment(20).contains("queued"));
        assertThat(previewsThatLive()).hasSize(QUOTA);

        // closed: nothing is left, and the next has its turn
        at.close(1, ForgeState.State.MERGED);
        awaitPreview(4, "many");
        berth.await("nothing of the first", () -> ofPreview(1).isEmpty());
        assertThat(berth.get("pr-1-shop.localhost", "/").statusCode()).isEqualTo(404);
        berth.await("the last word", () -> comment(1).contains("none any more"));
        IntStream.rangeClosed(2, 20).forEach(number -> at.close(number, ForgeState.State.CLOSED));
        berth.await("nothing of any", () -> previewsThatLive().isEmpty());
        berth.await(
                "no volume of any",
                () -> berth.containers.volumes().stream().noneMatch(v -> v.contains("pr-")));
        assertThat(berth.containers.volumes()).anyMatch(v -> v.endsWith("_shop_data"));
        assertThat(networks()).noneMatch(name -> name.contains("pr-"));
        assertThat(berth.get("shop.localhost", "/").body()).isEqualTo("trunk");
    }

    /** A pull request of the config repo has its plan, and changes nothing. */
    private void proposeForConfig() throws Exception {
        declareShop(3001);
        Berth.git(berth.clone, "commit", "-qam", "another port");
        String proposed = Berth.git(berth.clone, "rev-parse", "HEAD").strip();
        Berth.git(
                berth.clone,
                "push",
                "-q",
                "origin",
                "HEAD:refs/heads/port", // else it could be a stranger's
                "HEAD:refs/pull/7/head");
        Berth.git(berth.clone, "reset", "-q", "--hard", "HEAD~1");
        at.state.open(CONFIG, ForgeState.Pull.of(7, proposed));
        at.pull(berth, CONFIG, 7, "opened");
        berth.await(
                "the plan",
                () -> at.comment(CONFIG, 7, "/plan").contains("port changed: 3000 -> 3001"));
        awaitStatus(proposed, "berth/plan", "success");
        assertThat(berth.must("plan", "pull/7")).contains("port changed: 3000 -> 3001");
        assertThat(berth.get("shop.localhost", "/").body()).isEqualTo("trunk");
    }

    /** Nothing is taken away by a forge, or a server of repos, that says nonsense or nothing. */
    private void loseAndBreak() throws Exception {
        for (ForgeDouble.Fault fault :
                List.of(ForgeDouble.Fault.HTML, ForgeDouble.Fault.OTHER_JSON)) {
            int asked = at.forge.asked().size();
            at.forge.fail(fault);
            at.pull(berth, SHOP, 1, "edited");
            berth.await("a look", () -> at.forge.asked().size() > asked);
        }
        berth.await("the doubt", () -> Files.readString(control()).contains("stay as they were"));
        at.git.fault(new GitHttpServer.Fault.Status(500));
        at.pushed(berth, SHOP);
        berth.await("the failure", () -> berth.api("resources").toString().contains("500"));
        assertThat(berth.get("pr-1-shop.localhost", "/").body()).isEqualTo("two");
        at.git.fault(new GitHttpServer.Fault.None());
        at.forge.fail(ForgeDouble.Fault.NONE);
        assertThat(ofPreview(1)).isNotEmpty();
    }

    private void declareShop(int port) {
        berth.write(
                "shop.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec:
                  source: {repo: %s, branch: main}
                  port: %d
                  volumes: [{name: data, path: /data}]
                  previews: {maxActive: %d}
                """
                        .formatted(at.url(SHOP), port, QUOTA));
    }

    private String comment(int number) {
        return at.comment(SHOP, number, "/preview");
    }

    private void awaitStatus(String commit, String context, String state) {
        berth.await(
                "%s of %s".formatted(context, commit),
                () -> at.status(commit, context).equals(state));
    }

    // ---- what there is --------------------------------------------------------------------------

    private Path control() {
        return berth.home.resolve("logs/control/messages.log");
    }

    private void awaitPreview(int number, String text) {
        berth.await(
                "preview %d to say %s".formatted(number, text),
                () ->
                        berth.get("pr-%d-shop.localhost".formatted(number), "/").body().equals(text)
                                && preview(number).path("state").asString().equals("Serving"));
    }

    private JsonNode preview(int number) throws Exception {
        for (JsonNode preview : berth.api("previews").path("items")) {
            if (preview.path("number").asInt() == number) {
                return preview;
            }
        }
        throw new IllegalStateException("no preview " + number);
    }

    private long count(String state) throws Exception {
        return berth.api("previews")
                .path("items")
                .valueStream()
                .filter(preview -> preview.path("state").asString().equals(state))
                .count();
    }

    /** Names of whatever the engine has of it. */
    private List<String> ofPreview(int number) {
        String app = "shop.pr-" + number;
        List<String> found = new ArrayList<>();
        berth.containers.of(app).forEach(container -> found.add(container.getId()));
        found.addAll(
                berth.containers.volumes().stream().filter(v -> v.contains(app + "_")).toList());
        found.addAll(networks().stream().filter(n -> n.endsWith(app)).toList());
        return found;
    }

    private List<String> previewsThatLive() {
        return berth.containers.all().stream()
                .map(container -> container.getLabels().get("dev.berth.name"))
                .filter(name -> name.contains("."))
                .distinct()
                .toList();
    }

    private List<String> networks() {
        return berth.containers.docker().listNetworksCmd().exec().stream()
                .map(network -> network.getName())
                .filter(name -> name.contains(berth.instance))
                .toList();
    }
}
