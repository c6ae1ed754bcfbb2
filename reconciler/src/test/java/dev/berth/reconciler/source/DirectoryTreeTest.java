package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryTreeTest {
    @TempDir Path root = Path.of("");

    @Test
    void entries_plainDirectory_areSortedByPath() throws IOException, ReconcileException {
        write("b/x.txt", "x");
        write("a.txt", "hello");
        Files.createSymbolicLink(root.resolve("link"), Path.of("a.txt"));
        DirectoryTree tree = DirectoryTree.of(root);

        assertThat(tree.entries("."))
                .containsExactly(
                        new ConfigTree.Entry("a.txt", ConfigTree.Type.FILE, 5),
                        new ConfigTree.Entry("b/x.txt", ConfigTree.Type.FILE, 1),
                        new ConfigTree.Entry("link", ConfigTree.Type.SYMLINK, 5));
        assertThat(tree.entries("b")).hasSize(1);
        assertThat(tree.entries("missing")).isEmpty();
        assertThat(tree.directoryId("missing")).isNull();
        assertThat(tree.directoryId("a.txt")).isNull();
    }

    @Test
    void directoryId_workTree_isTheIdThatGitGives()
            throws IOException, GitAPIException, ReconcileException {
        write("app/a/one.txt", "1");
        write("app/a.b", "2");
        write("app/a-", "3");
        write("app/run.sh", "#!/bin/sh\n");
        Files.setPosixFilePermissions(
                root.resolve("app/run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(root.resolve("app/link"), Path.of("a.b"));
        write(".gitignore", "ignored/\n");
        write("ignored/x", "x");
        try (Git git = Git.init().setDirectory(root.toFile()).call()) {
            git.add().addFilepattern(".").call();
            git.commit()
                    .setSign(false)
                    .setAuthor("a", "a@b")
                    .setCommitter("a", "a@b")
                    .setMessage("x")
                    .call();
            Repository repository = git.getRepository();
            DirectoryTree tree = DirectoryTree.of(root);

            assertThat(tree.directoryId("app")).isEqualTo(idOf(repository, "HEAD:app"));
            assertThat(tree.directoryId(".")).isEqualTo(idOf(repository, "HEAD^{tree}"));
        }
    }

    @Test
    void read_file_isLimited() throws Exception {
        write("a.txt", "12345");
        DirectoryTree tree = DirectoryTree.of(root);

        assertThat(tree.read("a.txt", 5)).isEqualTo("12345".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> tree.read("a.txt", 4))
                .isInstanceOf(ConfigTree.TooLargeException.class);
        assertThatThrownBy(() -> tree.read("gone.txt", 4))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("gone.txt");
    }

    @Test
    void of_missingDirectory_fails() {
        assertThatThrownBy(() -> DirectoryTree.of(root.resolve("missing")))
                .isInstanceOf(IOException.class);
    }

    private static String idOf(Repository repository, String revision) throws IOException {
        return Objects.requireNonNull(repository.resolve(revision), revision).name();
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
