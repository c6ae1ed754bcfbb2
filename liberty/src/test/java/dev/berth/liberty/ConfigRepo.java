package dev.berth.liberty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;

/**
 * The config repo of the server under test: an app that is right and one that is not.
 *
 * @param folder the repo is the folder {@code config} in it
 */
record ConfigRepo(Path folder) {
    private static final String API =
            """
            apiVersion: berth/v1
            kind: App
            metadata: {name: api}
            spec: {image: "api:1", port: 3000, replicas: %s}
            """;

    /**
     * Makes the repo, with its first commit.
     *
     * @param hooks a document with what webhooks are signed with
     */
    void begin(String hooks) throws IOException, GitAPIException {
        try (Git git = Git.init().setDirectory(path().toFile()).setInitialBranch("main").call()) {
            write(
                    "berth.yaml",
                    """
                    apiVersion: berth/v1
                    kind: Instance
                    metadata: {name: home}
                    spec:
                      forges:
                        - {host: git.example.com, type: gitea, webhook: {fromSecret: hooks.gitea}}
                        - {host: dev.azure.com, webhook: {fromSecret: hooks.gitea}}
                    """);
            write("hooks.yaml", hooks);
            write(
                    "shop.yaml",
                    """
                    apiVersion: berth/v1
                    kind: App
                    metadata: {name: shop}
                    spec: {image: "shop:1.4.1", port: 3000}
                    """);
            write("api.yaml", API.formatted("two"));
            commit(git, "Add shop and api");
        }
    }

    /** Commits what makes the wrong app right; returns the revision as Berth writes it. */
    String mendApi() throws IOException, GitAPIException {
        try (Git git = Git.open(path().toFile())) {
            write("api.yaml", API.formatted("2"));
            return "main@sha1:" + commit(git, "Write the number as a number");
        }
    }

    private Path path() {
        return folder.resolve("config");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(path().resolve(file), text);
    }

    private static String commit(Git git, String message) throws GitAPIException {
        git.add().addFilepattern(".").call();
        return git.commit()
                .setMessage(message)
                .setAuthor("Ada Lovelace", "ada@example.com")
                .setCommitter("Ada Lovelace", "ada@example.com")
                .setSign(false)
                .call()
                .name();
    }
}
