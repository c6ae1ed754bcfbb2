package dev.berth.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ValidateVerbTest {
    private static final String INSTANCE =
            """
            apiVersion: berth/v1
            kind: Instance
            metadata: {name: home}
            spec: {}
            """;

    private static final String TYPO =
            """
            site/blog.yaml:1:1 apiVersion: apiVersion is missing: add apiVersion: berth/v1 [E-REQUIRED]
            site/blog.yaml:1:1 piVersion: no such key, did you mean apiVersion? [E-UNKNOWN-KEY]
            2 problems in 1 file
            """;

    @TempDir Path directory = Path.of("");

    @Test
    void validate_rightRepo_countsWhatItHolds() throws IOException {
        write("berth.yaml", INSTANCE);
        write("a.yaml", app("a", "{image: x, port: 80}") + "---\n" + app("b", "{image: x}"));
        write(
                "d.yml",
                """
                apiVersion: berth/v1
                kind: Domain
                metadata: {name: d}
                spec: {host: d.e, redirectTo: a.localhost}
                """);
        Run run = validate();

        assertThat(run).isEqualTo(new Run(Verb.Exit.OK, "ok: 2 apps, 1 domain\n", ""));
    }

    @Test
    void validate_codeWithoutDockerfile_saysWhatItIs() throws IOException {
        write("berth.yaml", INSTANCE);
        write("a.yaml", app("a", "{source: {path: web}}"));
        Files.createDirectories(directory.resolve("web"));
        write("web/package.json", "{\"scripts\": {\"start\": \"node server.js\"}}");
        write("web/server.js", "");

        assertThat(validate().out())
                .isEqualTo("app/a is recognised as Node.js (package.json)\nok: 1 app, 0 domains\n");
    }

    @Test
    void validate_mistakes_areListedInOrderAndCounted() throws IOException {
        write("berth.yaml", INSTANCE);
        write("b.yaml", app("b", "{image: x, prot: 80}"));
        write("a.yaml", app("a", "{image: x, port: two}") + "---\nfoo\n");
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.out())
                .isEqualTo(
                        """
                        a.yaml:4:24 spec.port: expected a whole number from 1 to 65535, got "two" [E-TYPE]
                        a.yaml:6:1: expected a document with apiVersion, kind, metadata and spec, got "foo" [E-TYPE]
                        b.yaml:4:18 spec.prot: no such key, did you mean port? [E-UNKNOWN-KEY]
                        3 problems in 2 files
                        """);
    }

    @Test
    void validate_overlayOfAnotherEnvironment_isCheckedToo() throws IOException {
        write("berth.yaml", INSTANCE);
        write("a.yaml", app("a", "{image: x, port: 80}"));
        write(
                "o.yaml",
                """
                apiVersion: berth/v1
                kind: Overlay
                metadata: {name: o}
                spec: {environment: staging, target: {name: a}, patch: {spec: {prot: 81}}}
                """);
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.out())
                .isEqualTo(
                        """
                        o.yaml:4:64 spec.patch.spec.prot: no such key, did you mean port? [E-UNKNOWN-KEY]
                        1 problem in 1 file
                        """);
    }

    @Test
    void validate_otherRepo_saysThatItWasNotLookedAt() throws IOException {
        write("berth.yaml", INSTANCE);
        write("a.yaml", app("a", "{source: {repo: https://example.com/a}}"));
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
        assertThat(run.out())
                .isEqualTo(
                        """
                        not checked, because their source is another repo: app/a
                        ok: 1 app, 0 domains
                        """);
    }

    /** Nobody knows here whether its code says where it listens. */
    @Test
    void validate_routeToOtherRepoWithoutPort_isNoMistake() throws IOException {
        write("berth.yaml", INSTANCE);
        write("a.yaml", app("a", "{source: {repo: https://example.com/a}}"));
        write(
                "shop.yaml",
                """
                apiVersion: berth/v1
                kind: Domain
                metadata: {name: shop}
                spec: {host: shop.example.com, routes: [{app: a}]}
                """);

        assertThat(validate())
                .isEqualTo(
                        new Run(
                                Verb.Exit.OK,
                                """
                                not checked, because their source is another repo: app/a
                                ok: 1 app, 1 domain
                                """,
                                ""));
    }

    @Test
    void validate_emptyDirectory_fails() {
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.out()).contains("no Berth document: add berth.yaml with kind: Instance");
    }

    @Test
    void validate_workTree_leavesIgnoredFilesOut() throws IOException, GitAPIException {
        Git.init().setDirectory(directory.toFile()).call().close();
        write("berth.yaml", INSTANCE);
        write(".gitignore", "scratch/\n");
        write("scratch/broken.yaml", "{");
        write("site/index.html", "hi");
        write("a.yaml", app("a", "{static: {path: site}}"));

        assertThat(validate().out()).isEqualTo("ok: 1 app, 0 domains\n");
    }

    @Test
    void validate_typoSinceTheLastCommit_isToldAsWhatItHolds() throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            commit(git, "add all");
        }
        write("site/blog.yaml", app("blog", "{image: x}").replace("api", "pi"));
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.out()).isEqualTo(TYPO);
    }

    @Test
    void validate_renameWithTypo_isToldAsWhatItHolds() throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            commit(git, "add all");
        }
        Files.delete(directory.resolve("site/blog.yaml"));
        write("site/posts.yaml", app("blog", "{image: x}").replace("berth", "brth"));
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.out())
                .startsWith(
                        "site/posts.yaml: the file says much of what a document in site/blog.yaml said that is gone")
                .contains("site/posts.yaml:1:13 apiVersion: expected berth/v1, got \"brth/v1\"");
    }

    @Test
    void validate_typoThatIsCommitted_isComparedWithTheCommitBefore()
            throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            commit(git, "add all");
            write("site/blog.yaml", app("blog", "{image: x}").replace("api", "pi"));
            commit(git, "break it");
        }

        assertThat(validate().out()).isEqualTo(TYPO);
    }

    @Test
    void validate_typoInUnpushedCommits_isComparedWithWhatWasPushed()
            throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            RevCommit pushed = commit(git, "add all");
            write("site/blog.yaml", app("blog", "{image: x}").replace("api", "pi"));
            commit(git, "break it");
            write("site/index.html", "hello");
            commit(git, "change the site");
            write("site/index.html", "hello!");
            commit(git, "change it again");
            assertThat(validate().exit()).isEqualTo(Verb.Exit.OK);
            String branch = git.getRepository().getBranch();
            StoredConfig config = git.getRepository().getConfig();
            config.setString("remote", "origin", "url", "https://example.com/config");
            config.setString("remote", "origin", "fetch", "+refs/heads/*:refs/remotes/origin/*");
            config.setString("branch", branch, "remote", "origin");
            config.setString("branch", branch, "merge", "refs/heads/" + branch);
            config.save();
            RefUpdate origin = git.getRepository().updateRef("refs/remotes/origin/" + branch, true);
            origin.setNewObjectId(pushed);
            origin.update();
        }

        assertThat(validate().out()).isEqualTo(TYPO);
    }

    @Test
    void validate_documentsDeletedOrMoved_areNoMistake() throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            write("old.yaml", app("old", "{source: {repo: https://example.com/old}}"));
            commit(git, "add all");
        }
        Files.delete(directory.resolve("site/blog.yaml"));
        Files.delete(directory.resolve("old.yaml"));
        write("new.yaml", app("old", "{source: {repo: https://example.com/new}}"));

        assertThat(validate().out())
                .isEqualTo(
                        """
                        not checked, because their source is another repo: app/old
                        ok: 2 apps, 0 domains
                        """);
    }

    /** Its older version, without another repo, must not be taken for what serves the host. */
    @Test
    void validate_hostThatMovesFromAnAppOfAnotherRepo_isNoConflict()
            throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            write("a.yaml", app("a", "{image: x, port: 80, domains: [a.example.com]}"));
            commit(git, "add all");
        }
        write("a.yaml", app("a", "{source: {repo: https://example.com/a}, port: 80}"));
        write("b.yaml", app("b", "{image: x, port: 80, domains: [a.example.com]}"));

        assertThat(validate().exit()).isEqualTo(Verb.Exit.OK);
    }

    @Test
    void validate_historyThatCantBeRead_saysSoAndChecksTheRest()
            throws IOException, GitAPIException {
        try (Git git = siteAndBlog()) {
            commit(git, "add all");
        }
        try (Stream<Path> objects = Files.walk(directory.resolve(".git/objects"))) {
            for (Path object : objects.filter(Files::isRegularFile).toList()) {
                Files.delete(object);
            }
        }
        Run run = validate();

        assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
        assertThat(run.out()).isEqualTo("ok: 2 apps, 0 domains\n");
        assertThat(run.err())
                .startsWith("berth: not compared with the last commit, which can't be read");
    }

    private Git siteAndBlog() throws IOException, GitAPIException {
        write("berth.yaml", INSTANCE);
        write("site.yaml", app("site", "{static: {path: site}}"));
        write("site/index.html", "hi");
        write("site/blog.yaml", app("blog", "{image: x}"));
        return Git.init().setDirectory(directory.toFile()).call();
    }

    private static RevCommit commit(Git git, String message) throws GitAPIException {
        git.add().addFilepattern(".").call();
        return git.commit()
                .setMessage(message)
                .setSign(false)
                .setAuthor("Ann", "ann@example.com")
                .setCommitter("Ann", "ann@example.com")
                .call();
    }

    @Test
    void validate_symlink_isNotFollowed() throws IOException {
        write("berth.yaml", INSTANCE);
        Files.createSymbolicLink(directory.resolve("more.yaml"), Path.of("berth.yaml"));

        assertThat(validate().out())
                .contains("more.yaml: the file is a symlink, which Berth does not follow [E-FILE]");
    }

    @Test
    void validate_wronglyCalled_tellsHow() {
        Run nothing = Run.of(Map.of(), "validate");
        Run missing = Run.of(Map.of(), "validate", directory + "/missing");

        assertThat(nothing.exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(nothing.err()).contains("usage: berth validate DIR");
        assertThat(missing.exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(missing.err()).contains("there is no directory");
    }

    private Run validate() {
        return Run.of(Map.of(), "validate", directory.toString());
    }

    private static String app(String name, String spec) {
        return "apiVersion: berth/v1\nkind: App\nmetadata: {name: %s}\nspec: %s\n"
                .formatted(name, spec);
    }

    private void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
