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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Pull requests on a real engine, with Git over HTTP and a forge that lists them. */
class PreviewsIT {
    private static final String REPO = "acme/shop";
    private static final int QUOTA = 3;

    @TempDir Path directory;

    private Berth berth = new Berth();
    private Path code = Path.of("");

    @Test
    void pullRequests_openedPushedClosed_haveWhatTheyAreDueAndLeaveNothing() throws Exception {
        code = makeRepo();
        try (GitHttpServer git = new GitHttpServer(directory.resolve("forge"));
                ForgeDouble forge = new ForgeDouble(ForgeDouble.Kind.GITEA);
                Berth made = new Berth(directory)) {
            berth = made;
            ForgeState pulls = forge.state();
            pulls.role(ForgeState.US, "write");
            commit("main", "HEAD:refs/heads/main");
            declare(git, forge);
            berth.awaitBody("shop", "/", "main");

            // opened: exactly its newest commit is served
            String first = open(pulls, 1, "one");
            awaitPreview(1, "one");
            assertThat(preview(1).path("serves").asString()).isEqualTo(first);
            assertThat(ofPreview(1)).isNotEmpty();
            berth.await("the comment", () -> comments(pulls, 1).contains("serves at http://pr-1-"));
            awaitStatus(pulls, first, "berth/preview/shop", "success");

            // pushed: no request fails while the new commit takes over
            try (Poller poller = new Poller(berth, "pr-1-shop.localhost")) {
                String second = push(pulls, 1, "two");
                awaitPreview(1, "two");
                awaitStatus(pulls, second, "berth/preview/shop", "success");
                assertThat(poller.failures()).isEmpty();
            }

            // a forge that says nonsense takes nothing away
            forge.fail(ForgeDouble.Fault.HTML);
            berth.await(
                    "the doubt", () -> Files.readString(control()).contains("stay as they were"));
            assertThat(berth.get("pr-1-shop.localhost", "/").body()).isEqualTo("two");
            forge.fail(ForgeDouble.Fault.NONE);

            // more than there may be at a time
            IntStream.rangeClosed(2, 20).forEach(number -> open(pulls, number, "many"));
            berth.await(
                    "three of twenty", () -> count("Serving") == QUOTA && count("Queued") == 17);
            berth.await("the comment", () -> comments(pulls, 20).contains("queued"));
            assertThat(previewsThatLive()).hasSize(QUOTA);

            // closed: nothing is left, and the next has its turn
            pulls.set(REPO, 1, ForgeState.State.MERGED);
            awaitPreview(4, "many");
            berth.await("nothing of the first", () -> ofPreview(1).isEmpty());
            assertThat(berth.get("pr-1-shop.localhost", "/").statusCode()).isEqualTo(404);
            berth.await("the last word", () -> comments(pulls, 1).contains("none any more"));
            IntStream.rangeClosed(2, 20)
                    .forEach(number -> pulls.set(REPO, number, ForgeState.State.CLOSED));
            berth.await("nothing of any", () -> previewsThatLive().isEmpty());
            berth.await(
                    "no volume of any",
                    () -> berth.containers.volumes().stream().noneMatch(v -> v.contains("pr-")));
            assertThat(berth.containers.volumes()).anyMatch(v -> v.endsWith("_shop_data"));
            assertThat(networks()).noneMatch(name -> name.contains("pr-"));
            assertThat(berth.get("shop.localhost", "/").body()).isEqualTo("main");
        }
    }

    // ---- the repo and its forge -----------------------------------------------------------------

    private Path makeRepo() throws IOException {
        Path bare = directory.resolve("forge").resolve(REPO + ".git");
        Files.createDirectories(bare);
        Berth.git(bare, "init", "-q", "--bare", "--initial-branch=main");
        Path clone = directory.resolve("code");
        Berth.git(directory, "clone", "-q", bare.toString(), clone.toString());
        Files.writeString(
                clone.resolve("Dockerfile"),
                "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n");
        Files.writeString(
                clone.resolve("server.js"),
                """
                const text = require('node:fs').readFileSync('text', 'utf8');
                const server = require('node:http').createServer((q, r) => r.end(text));
                server.listen(process.env.PORT);
                process.on('SIGTERM', () => server.close());
                """);
        return clone;
    }

    private String commit(String text, String to) {
        try {
            Files.writeString(code.resolve("text"), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Berth.git(code, "add", "-A");
        Berth.git(code, "commit", "-q", "--allow-empty", "-m", text);
        Berth.git(code, "push", "-q", "-f", "origin", to);
        return Berth.git(code, "rev-parse", "HEAD").strip();
    }

    private static String ref(int number) {
        return "HEAD:refs/pull/%d/head".formatted(number);
    }

    private String open(ForgeState pulls, int number, String text) {
        String commit = commit(text, ref(number));
        pulls.open(REPO, ForgeState.Pull.of(number, commit));
        return commit;
    }

    private String push(ForgeState pulls, int number, String text) {
        String commit = commit(text, ref(number));
        pulls.push(REPO, number, commit);
        return commit;
    }

    private void declare(GitHttpServer git, ForgeDouble forge) {
        String host = git.base().substring("http://".length());
        berth.must("seal", "--new-key");
        berth.settings(
                "source: {interval: 1s}, forges: [{host: '%s', type: gitea, api: '%s', token: {fromSecret: forge.token}}]"
                        .formatted(host, forge.api()));
        berth.write(
                "secrets.yaml",
                """
                apiVersion: berth/v1
                kind: Secret
                metadata:
                  name: forge
                data:
                  token: %s
                """
                        .formatted(ForgeDouble.TOKEN));
        berth.must("seal", berth.clone.resolve("secrets.yaml").toString());
        berth.write(
                "shop.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec:
                  source: {repo: %s/%s.git, branch: main}
                  port: 3000
                  volumes: [{name: data, path: /data}]
                  previews: {maxActive: %d}
                """
                        .formatted(git.base(), REPO, QUOTA));
        berth.push("an app with previews").up();
    }

    private static String comments(ForgeState pulls, int number) {
        List<ForgeState.Comment> ours = pulls.comments(REPO, number);
        assertThat(ours).hasSizeLessThanOrEqualTo(1);
        return ours.isEmpty() ? "" : ours.getFirst().body();
    }

    private void awaitStatus(ForgeState pulls, String commit, String context, String state) {
        berth.await(
                "%s of %s".formatted(context, commit),
                () ->
                        pulls.statuses().stream()
                                .filter(status -> status.commit().equals(commit))
                                .filter(status -> status.context().equals(context))
                                .reduce((_, newest) -> newest)
                                .filter(status -> status.state().equals(state))
                                .isPresent());
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
