package dev.berth.system;

import dev.berth.reconciler.forge.ForgeDouble;
import dev.berth.reconciler.forge.ForgeState;
import dev.berth.reconciler.source.GitHttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The config repo of a {@link Berth} and the repo of one app, at a forge: Git over HTTP, an API
 * that lists pull requests, and webhooks that arrive at the edge.
 */
final class AtForge implements AutoCloseable {
    static final String CONFIG = "acme/config";
    static final String SHOP = "acme/shop";

    /** Where pull requests come from and what is said of them. */
    final ForgeState state;

    /** The server of all repos. */
    final GitHttpServer git;

    /** The API. */
    final ForgeDouble forge;

    private static final String SECRET = "planted-webhook-9c2f";
    private final HttpClient client = HttpClient.newHttpClient();
    private final Path code;

    /**
     * @param directory that of the Berth, which has made its config repo there
     */
    AtForge(Path directory) throws IOException {
        Path forgeRoot = directory.resolve("forge");
        Path bare = forgeRoot.resolve(SHOP + ".git");
        Files.createDirectories(bare);
        Files.createSymbolicLink(
                forgeRoot.resolve(CONFIG + ".git"), directory.resolve("config.git"));
        Berth.git(bare, "init", "-q", "--bare", "--initial-branch=main");
        code = directory.resolve("code");
        Berth.git(directory, "clone", "-q", bare.toString(), code.toString());
        git = new GitHttpServer(forgeRoot);
        forge = new ForgeDouble(ForgeDouble.Kind.GITEA);
        state = forge.state();
        state.role(ForgeState.US, "write");
        Files.writeString(
                code.resolve("Dockerfile"),
                "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n");
        Files.writeString(
                code.resolve("server.js"),
                """
                const text = require('node:fs').readFileSync('text', 'utf8');
                const server = require('node:http').createServer((q, r) => r.end(text));
                server.listen(process.env.PORT);
                process.on('SIGTERM', () => server.close());
                """);
        commit("trunk", "HEAD:refs/heads/main");
    }

    String url(String repo) {
        return "%s/%s.git".formatted(git.base(), repo);
    }

    // ---- config ---------------------------------------------------------------------------------

    /** Writes the Instance, with the forge and its secrets sealed. */
    void declareIn(Berth berth, String interval) {
        berth.must("seal", "--new-key");
        settings(berth, interval);
        berth.write(
                "secrets.yaml",
                """
                apiVersion: berth/v1
                kind: Secret
                metadata:
                  name: forge
                data:
                  token: %s
                  hook: %s
                """
                        .formatted(ForgeDouble.TOKEN, SECRET));
        berth.must("seal", berth.clone.resolve("secrets.yaml").toString());
    }

    void settings(Berth berth, String interval) {
        berth.settings(
                "source: {interval: %s}, forges: [{host: '%s', type: gitea, api: '%s', token: {fromSecret: forge.token}, webhook: {fromSecret: forge.hook}}]"
                        .formatted(
                                interval, git.base().substring("http://".length()), forge.api()));
    }

    // ---- code and pull requests -----------------------------------------------------------------

    /** Commits a text for the app to answer with, and pushes that to a ref. */
    String commit(String text, String to) {
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

    /** Opens a pull request, and gives its commit. */
    String open(int number, String text) {
        String commit = commit(text, ref(number));
        state.open(SHOP, ForgeState.Pull.of(number, commit));
        return commit;
    }

    /** Pushes to one that is open, and gives its commit. */
    String push(int number, String text) {
        String commit = commit(text, ref(number));
        state.push(SHOP, number, commit);
        return commit;
    }

    void close(int number, ForgeState.State how) {
        state.set(SHOP, number, how);
    }

    /** The one comment at a pull request that begins so; empty while there is none. */
    String comment(String repo, int number, String marker) {
        List<ForgeState.Comment> ours =
                state.comments(repo, number).stream()
                        .filter(comment -> comment.body().contains(marker))
                        .toList();
        if (ours.size() > 1) {
            throw new AssertionError("more than one comment: " + ours);
        }
        return ours.isEmpty() ? "" : ours.getFirst().body();
    }

    /** What is said last of a commit; empty when nothing is. */
    String status(String commit, String context) {
        return state.statuses().stream()
                .filter(status -> status.commit().equals(commit))
                .filter(status -> status.context().equals(context))
                .reduce((_, newest) -> newest)
                .map(ForgeState.Status::state)
                .orElse("");
    }

    // ---- webhooks -------------------------------------------------------------------------------

    /** A branch has moved; it must be taken. */
    void pushed(Berth berth, String repo) throws Exception {
        deliver(
                berth,
                "push",
                """
                {"ref": "refs/heads/main", "repository": {"clone_url": "%s"}}
                """
                        .formatted(url(repo)));
    }

    /**
     * Something has happened to a pull request; it must be taken.
     *
     * @param action opened, synchronized, closed
     */
    void pull(Berth berth, String repo, int number, String action) throws Exception {
        deliver(
                berth,
                "pull_request",
                """
                {"action": "%s", "number": %d, "repository": {"clone_url": "%s"}}
                """
                        .formatted(action, number, url(repo)));
    }

    private void deliver(Berth berth, String event, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:%d/api/webhook".formatted(berth.http));
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(uri)
                                .header("Host", "berth.localhost")
                                .header("Content-Type", "application/json")
                                .header("X-Gitea-Event", event)
                                .header("X-Gitea-Delivery", UUID.randomUUID().toString())
                                .header("X-Gitea-Signature", sign(body))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new AssertionError(
                    "%d for %s: %s%n%s"
                            .formatted(
                                    answer.statusCode(),
                                    body,
                                    answer.body(),
                                    new Aftermath(berth).text()));
        }
    }

    private static String sign(String body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        git.close();
        forge.close();
    }
}
