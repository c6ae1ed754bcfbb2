package dev.berth.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
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
