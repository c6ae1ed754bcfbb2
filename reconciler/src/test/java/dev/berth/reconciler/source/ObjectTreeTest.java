package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree.TooLargeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ObjectTreeTest {
    private final Path directory;
    @AutoClose private final FollowedRepo source;
    private final ScratchRepo repo;

    ObjectTreeTest(@TempDir Path directory) {
        this.directory = directory;
        source = new FollowedRepo(directory);
        repo = source.repo;
    }

    private void link(String path, String target) throws IOException {
        Path link = repo.work().resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    @Test
    void entries_allKindsOfFiles_areListedInPathOrder() throws Exception {
        repo.write("b/run.sh", "#!/bin/sh\n");
        repo.git("update-index", "--add", "--chmod=+x", "b/run.sh");
        assertThat(repo.work().resolve("b/run.sh").toFile().setExecutable(true)).isTrue();
        repo.write("b.txt", "12345");
        repo.write("a/deep/er/file", "");
        link("link", "b.txt");
        repo.git("update-index", "--add", "--cacheinfo", "160000," + "1".repeat(40) + ",sub");
        repo.git("add", "a", "b", "b.txt", "link");
        repo.git("commit", "-q", "-m", "all kinds");
        repo.git("push", "-q", "origin", "main");
        assertThat(source.tree().entries("."))
                .containsExactly(
                        new ConfigTree.Entry("a/deep/er/file", ConfigTree.Type.FILE, 0),
                        new ConfigTree.Entry("b.txt", ConfigTree.Type.FILE, 5),
                        new ConfigTree.Entry("b/run.sh", ConfigTree.Type.EXECUTABLE, 10),
                        new ConfigTree.Entry("link", ConfigTree.Type.SYMLINK, 5),
                        new ConfigTree.Entry("sub", ConfigTree.Type.SUBMODULE, 0));
        assertThat(source.tree().entries("b"))
                .extracting(ConfigTree.Entry::path)
                .containsExactly("b/run.sh");
        assertThat(source.tree().entries("none")).isEmpty();
        assertThat(source.tree().entries("b.txt")).isEmpty();
    }

    @Test
    void entries_oddNames_areKeptAndReadable() throws Exception {
        List<String> names =
                List.of(
                        " leading space",
                        "a\nnewline",
                        "back\\slash",
                        "quote\"",
                        "tab\there",
                        "trailing space ",
                        "überschrift 日本 🚢");
        names.forEach(name -> repo.write("d/" + name, name));
        repo.commitAndPush("odd names");
        ConfigTree tree = source.tree();
        assertThat(tree.entries("d"))
                .extracting(ConfigTree.Entry::path)
                .containsExactlyElementsOf(names.stream().map(n -> "d/" + n).toList());
        for (String name : names) {
            assertThat(tree.read("d/" + name, 1000))
                    .isEqualTo(name.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(untar(tree, "d")).containsOnlyKeys(names);
    }

    @Test
    void read_largerThanLimit_saysBothSizes() throws Exception {
        repo.push("a", "12345");
        ConfigTree tree = source.tree();
        assertThat(tree.read("a", 5)).hasSize(5);
        assertThatThrownBy(() -> tree.read("a", 4))
                .isInstanceOf(TooLargeException.class)
                .hasMessage("a has 5 bytes, more than the 4 allowed");
    }

    @Test
    void read_missingFileOrDirectory_isTransientAndDoesNotBlameTheStore() throws Exception {
        repo.push("d/a", "1");
        ConfigTree tree = source.tree();
        for (String path : List.of("none", "d", "d/a/b")) {
            assertThatThrownBy(() -> tree.read(path, 10))
                    .isInstanceOf(ReconcileException.Transient.class)
                    .hasMessage("the commit has no file " + path);
        }
    }

    @Test
    void directoryId_sameContentElsewhere_isSame() throws Exception {
        repo.push(Map.of("x/a", "1", "y/a", "1", "z/a", "2"));
        ConfigTree tree = source.tree();
        assertThat(tree.directoryId("x")).isNotNull().isEqualTo(tree.directoryId("y"));
        assertThat(tree.directoryId("z")).isNotEqualTo(tree.directoryId("x"));
        assertThat(tree.directoryId(".")).isEqualTo(repo.git("rev-parse", "HEAD^{tree}"));
        assertThat(tree.directoryId("none")).isNull();
        assertThat(tree.directoryId("x/a")).isNull();
    }

    @Test
    void writeTar_directory_holdsItsFilesWithModesAndLinks() throws Exception {
        repo.write("app/run.sh", "#!/bin/sh\n");
        assertThat(repo.work().resolve("app/run.sh").toFile().setExecutable(true)).isTrue();
        repo.write("app/src/" + "long-name-".repeat(20) + ".txt", "deep");
        link("app/src/up", "../run.sh");
        repo.write("other", "not in it");
        repo.commitAndPush("app");
        Map<String, TarArchiveEntry> entries = untar(source.tree(), "app");
        assertThat(entries)
                .containsOnlyKeys(
                        "run.sh", "src/", "src/" + "long-name-".repeat(20) + ".txt", "src/up");
        assertThat(at(entries, "run.sh").getMode()).isEqualTo(0755);
        assertThat(at(entries, "src/").isDirectory()).isTrue();
        assertThat(at(entries, "src/up").isSymbolicLink()).isTrue();
        assertThat(at(entries, "src/up").getLinkName()).isEqualTo("../run.sh");
        assertThat(entries.values())
                .allSatisfy(
                        it -> {
                            assertThat(it.getLastModifiedTime().toMillis()).isZero();
                            assertThat(it.getLongUserId()).isZero();
                            assertThat(it.getUserName()).isEmpty();
                        });
    }

    @Test
    void writeTar_sameTreeInAnotherCommit_givesSameBytes() throws Exception {
        repo.push(Map.of("app/a", "1", "app/ä", "2"));
        byte[] first = tar(source.tree(), "app");
        repo.push("unrelated", "x");
        assertThat(tar(source.tree(), "app")).isEqualTo(first);
    }

    @Test
    void writeTar_unpackedByTar_givesTheSameFiles() throws Exception {
        byte[] large = new byte[3_000_000];
        new Random(7).nextBytes(large);
        repo.write("app/empty", "");
        Files.write(repo.work().resolve("app/large"), large);
        repo.commitAndPush("app");
        Path out = Files.createDirectory(directory.resolve("out"));
        Path file = Files.write(directory.resolve("app.tar"), tar(source.tree(), "app"));
        repo.git("-c", "alias.t=!tar xf %s -C %s".formatted(file, out), "t");
        assertThat(out.resolve("large")).hasBinaryContent(large);
        assertThat(out.resolve("empty")).isEmptyFile();
    }

    @Test
    void writeTar_missingDirectory_isStalled() {
        repo.push("a", "1");
        assertThatThrownBy(() -> tar(source.tree(), "web"))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("no directory web");
    }

    @Test
    void writeTar_submodule_isStalledWithItsPathBeforeAnyByte() {
        repo.write("app/a", "1");
        repo.git("add", "-A");
        repo.git("update-index", "--add", "--cacheinfo", "160000," + "1".repeat(40) + ",app/lib");
        repo.git("commit", "-q", "-m", "submodule");
        repo.git("push", "-q", "origin", "main");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> source.tree().writeTar("app", out))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("app/lib is a submodule");
        assertThat(out.size()).isZero();
    }

    @Test
    void writeTar_linkOutOfTheDirectory_isStalledWithPathAndTarget() throws Exception {
        repo.write("secret", "1");
        link("app/conf/link", "../../secret");
        repo.commitAndPush("link");
        assertThatThrownBy(() -> tar(source.tree(), "app"))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("app/conf/link is a symlink to ../../secret");
        assertThat(untar(source.tree(), ".")).containsKey("app/conf/link");
    }

    @Test
    void writeTar_lfsPointer_isStalledAndSaysWhatToDo() {
        repo.push(
                "app/logo.png",
                "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n"
                        .formatted("ab".repeat(32)));
        assertThatThrownBy(() -> tar(source.tree(), "app"))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("app/logo.png is kept in Git LFS");
    }

    @Test
    void writeTar_textAboutLfs_isNoPointer() throws Exception {
        repo.push("app/README", "version https://git-lfs.github.com/spec/v1 is what we use\n");
        assertThat(untar(source.tree(), "app")).containsOnlyKeys("README");
    }

    @Test
    void writeTar_receiverFails_isTransientAndDoesNotBlameTheStore() throws Exception {
        repo.push("a", "1");
        ConfigTree tree = source.tree();
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("broken pipe");
                    }
                };
        assertThatThrownBy(() -> tree.writeTar(".", broken))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("broken pipe")
                .hasMessageNotContaining("damaged");
    }

    @Test
    void entries_tenThousandFiles_areListedAndPacked() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            repo.write("d%d/f%d".formatted(i % 100, i), "content " + i);
        }
        repo.commitAndPush("many");
        ConfigTree tree = source.tree();
        assertThat(tree.entries(".")).hasSize(10_000);
        assertThat(untar(tree, ".")).hasSize(10_100);
    }

    private static TarArchiveEntry at(Map<String, TarArchiveEntry> entries, String name) {
        TarArchiveEntry entry = entries.get(name);
        if (entry == null) {
            throw new AssertionError("no entry " + name);
        }
        return entry;
    }

    private static byte[] tar(ConfigTree tree, String path) throws ReconcileException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tree.writeTar(path, out);
        return out.toByteArray();
    }

    private static Map<String, TarArchiveEntry> untar(ConfigTree tree, String path)
            throws ReconcileException, IOException {
        Map<String, TarArchiveEntry> entries = new TreeMap<>();
        List<String> order = new ArrayList<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar(tree, path)), "UTF-8")) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                entries.put(e.getName(), e);
                order.add(e.getName());
            }
        }
        List<byte[]> names = order.stream().map(n -> n.getBytes(StandardCharsets.UTF_8)).toList();
        assertThat(names).isSortedAccordingTo(Arrays::compareUnsigned);
        return entries;
    }
}
