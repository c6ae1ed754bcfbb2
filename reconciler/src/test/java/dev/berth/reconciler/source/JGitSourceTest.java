package dev.berth.reconciler.source;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Stale;
import dev.berth.reconciler.source.SourceReading.Unavailable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JGitSourceTest {
    private final Path directory;
    @AutoClose private final FollowedRepo source;
    private final ScratchRepo repo;

    JGitSourceTest(@TempDir Path directory) {
        this.directory = directory;
        source = new FollowedRepo(directory);
        repo = source.repo;
    }

    private Stale stale() {
        SourceReading reading = source.latestVerified();
        assertThat(reading).isInstanceOf(Stale.class);
        return (Stale) reading;
    }

    private static String text(ConfigTree tree, String path) throws Exception {
        return new String(tree.read(path, 1_000_000), StandardCharsets.UTF_8);
    }

    @Test
    void latestVerified_firstLook_givesRevisionAndFiles() throws Exception {
        String commit = repo.push("berth.yaml", "kind: Instance\n");
        Fresh reading = source.fresh();
        assertThat(reading.revision().commit()).isEqualTo(commit);
        assertThat(reading.revision().branch()).isEqualTo("main");
        assertThat(reading.revision().author()).isEqualTo("Ada Lovelace <ada@example.com>");
        assertThat(reading.revision().committedAt().getEpochSecond())
                .isEqualTo(Long.parseLong(repo.git("log", "-1", "--format=%ct")));
        assertThat(text(reading.tree(), "berth.yaml")).isEqualTo("kind: Instance\n");
    }

    @Test
    void latestVerified_push_givesNewFilesAndKeepsOldTreeReadable() throws Exception {
        repo.push("a", "1");
        Fresh before = source.fresh();
        String commit = repo.push("a", "2");
        Fresh after = source.fresh();
        assertThat(after.revision().commit()).isEqualTo(commit);
        assertThat(text(after.tree(), "a")).isEqualTo("2");
        assertThat(text(before.tree(), "a")).isEqualTo("1");
    }

    @Test
    void latestVerified_nothingNew_fetchesNothing() throws Exception {
        repo.push("a", "1");
        Fresh first = source.fresh();
        List<String> before = filesOfStore();
        assertThat(source.fresh().revision()).isEqualTo(first.revision());
        assertThat(filesOfStore()).isEqualTo(before);
    }

    @Test
    void latestVerified_longHistory_fetchesOneCommit() throws Exception {
        String old = repo.push("a", "1");
        for (int i = 0; i < 20; i++) {
            repo.push("a", "version " + i);
        }
        Fresh reading = source.fresh();
        assertThat(storeGit("rev-list", "--all")).isEqualTo(reading.revision().commit());
        assertThat(storeGit("cat-file", "--batch-all-objects", "--batch-check"))
                .doesNotContain(old);
    }

    @Test
    void latestVerified_manySmallPushes_keepsStoreSmallAndReadable() throws Exception {
        repo.push("a", "0");
        for (int i = 1; i <= 45; i++) {
            repo.push("a", "version " + i);
            assertThat(text(source.tree(), "a")).isEqualTo("version " + i);
        }
        assertThat(filesOfStore().stream().filter(f -> f.endsWith(".pack")).count()).isLessThan(30);
        source.follow("main");
        assertThat(text(source.tree(), "a")).isEqualTo("version 45");
    }

    @Test
    void latestVerified_noBranchNamed_followsDefaultBranchAlsoWhenItChanges() {
        source.follow(null);
        repo.push("a", "1");
        assertThat(source.fresh().revision().branch()).isEqualTo("main");
        repo.git("checkout", "-q", "-b", "trunk");
        String commit = repo.push("a", "2");
        assertThat(source.fresh().revision().branch()).isEqualTo("main");
        repo.gitInBare("symbolic-ref", "HEAD", "refs/heads/trunk");
        assertThat(source.fresh().revision().branch()).isEqualTo("trunk");
        assertThat(source.fresh().revision().commit()).isEqualTo(commit);
    }

    @Test
    void latestVerified_defaultBranchRenamedAtSameCommit_tellsNewName() {
        source.follow(null);
        repo.push("a", "1");
        source.fresh();
        repo.gitInBare("branch", "-m", "main", "trunk");
        assertThat(source.fresh().revision().branch()).isEqualTo("trunk");
    }

    @Test
    void latestVerified_detachedHead_asksForABranchName() {
        source.follow(null);
        String commit = repo.push("a", "1");
        repo.gitInBare("update-ref", "--no-deref", "HEAD", commit);
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        it -> assertThat(it.cause()).contains("HEAD").contains("name the branch"));
    }

    @Test
    void latestVerified_forcePushToOlderCommit_followsIt() throws Exception {
        String first = repo.push("a", "1");
        source.fresh();
        repo.push("a", "2");
        source.fresh();
        repo.git("reset", "-q", "--hard", first);
        repo.git("push", "-q", "-f", "origin", "main");
        Fresh reading = source.fresh();
        assertThat(reading.revision().commit()).isEqualTo(first);
        assertThat(text(reading.tree(), "a")).isEqualTo("1");
    }

    @Test
    void latestVerified_amendedCommit_followsIt() throws Exception {
        repo.push("a", "1");
        source.fresh();
        repo.write("a", "amended");
        repo.git("commit", "-q", "-a", "--amend", "-m", "again");
        repo.git("push", "-q", "-f", "origin", "main");
        assertThat(text(source.tree(), "a")).isEqualTo("amended");
    }

    @Test
    void latestVerified_unrelatedHistory_followsIt() throws Exception {
        repo.push("a", "1");
        source.fresh();
        repo.git("checkout", "-q", "--orphan", "other");
        repo.git("rm", "-q", "-rf", ".");
        repo.write("b", "new world");
        repo.git("add", "-A");
        repo.git("commit", "-q", "-m", "begin again");
        repo.git("push", "-q", "-f", "origin", "other:main");
        Fresh reading = source.fresh();
        assertThat(reading.tree().entries("."))
                .extracting(ConfigTree.Entry::path)
                .containsExactly("b");
    }

    @Test
    void latestVerified_branchVanished_isStaleAndRecovers() {
        String commit = repo.push("a", "1");
        source.fresh();
        repo.gitInBare("branch", "-D", "main");
        Stale reading = stale();
        assertThat(reading.revision().commit()).isEqualTo(commit);
        assertThat(reading.cause()).contains("has no branch main").contains(repo.url().shown());
        repo.git("push", "-q", "origin", "main");
        assertThat(source.fresh().revision().commit()).isEqualTo(commit);
    }

    @Test
    void latestVerified_branchNeverThere_isUnavailable() {
        repo.push("a", "1");
        source.follow("nope");
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        it -> assertThat(it.cause()).contains("has no branch nope"));
    }

    @Test
    void latestVerified_repoWithoutCommits_isUnavailable() {
        source.follow(null);
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class, it -> assertThat(it.cause()).contains("no commits yet"));
    }

    @Test
    void latestVerified_commitWithoutFiles_isStaleAndRecovers() throws Exception {
        String good = repo.push("a", "1");
        source.fresh();
        repo.git("rm", "-q", "-r", ".");
        String empty = repo.commitAndPush("remove all");
        Stale reading = stale();
        assertThat(reading.revision().commit()).isEqualTo(good);
        assertThat(reading.cause()).contains(empty.substring(0, 12)).contains("no files");
        assertThat(text(reading.tree(), "a")).isEqualTo("1");
        repo.push("b", "2");
        assertThat(text(source.tree(), "b")).isEqualTo("2");
    }

    @Test
    void latestVerified_repoMovedAway_isStaleAlsoAfterRestart() throws Exception {
        String commit = repo.push("a", "1");
        source.fresh();
        Files.move(repo.bare(), directory.resolve("moved.git"));
        assertThat(stale().cause()).contains("no Git repo at");
        source.follow("main");
        Stale reading = stale();
        assertThat(reading.revision().commit()).isEqualTo(commit);
        assertThat(reading.revision().branch()).isEqualTo("main");
        assertThat(text(reading.tree(), "a")).isEqualTo("1");
        Files.move(directory.resolve("moved.git"), repo.bare());
        assertThat(source.fresh().revision().commit()).isEqualTo(commit);
    }

    @Test
    void latestVerified_forbiddenName_isNotUsed() throws Exception {
        String good = repo.push("a", "1");
        source.fresh();
        String blob = repo.git("hash-object", "-w", "a");
        byte[] raw = "100644 ..\0".getBytes(StandardCharsets.UTF_8);
        Path treeFile = directory.resolve("tree");
        try (var out = Files.newOutputStream(treeFile)) {
            out.write(raw);
            out.write(HexFormat.of().parseHex(blob));
        }
        String tree =
                repo.git("hash-object", "-w", "-t", "tree", "--literally", treeFile.toString());
        String commit = repo.git("commit-tree", tree, "-m", "evil");
        repo.git("push", "-q", "-f", "origin", commit + ":refs/heads/main");
        Stale reading = stale();
        assertThat(reading.revision().commit()).isEqualTo(good);
        assertThat(reading.cause()).contains("does not allow").contains("'..'");
    }

    @Test
    void latestVerified_treeBomb_isRefusedQuickly() throws Exception {
        repo.push("a", "1");
        source.fresh();
        String object = repo.git("hash-object", "-w", "a");
        String mode = "100644 blob";
        for (int level = 0; level < 12; level++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                lines.append("%s %s\tn%d\n".formatted(mode, object, i));
            }
            Path list = directory.resolve("list");
            Files.writeString(list, lines);
            object = repo.git("-c", "alias.m=!git mktree <" + list, "m");
            mode = "040000 tree";
        }
        String commit = repo.git("commit-tree", object, "-m", "bomb");
        repo.git("push", "-q", "-f", "origin", commit + ":refs/heads/main");
        assertThat(stale().cause()).contains("more than 1,000,000 files");
    }

    @Test
    void latestVerified_packDamagedOnDisk_repairsItself() throws Exception {
        repo.push(Map.of("a", "first content", "dir/b", "second content"));
        Fresh reading = source.fresh();
        source.follow("main");
        damagePacks();
        Fresh again = source.fresh();
        assertThat(again.revision()).isEqualTo(reading.revision());
        assertThat(text(again.tree(), "a")).isEqualTo("first content");
        assertThat(text(again.tree(), "dir/b")).isEqualTo("second content");
    }

    @Test
    void latestVerified_packDamagedAndRemoteGone_tellsBoth() throws Exception {
        repo.push("a", "first content");
        source.fresh();
        source.follow("main");
        damagePacks();
        Files.move(repo.bare(), directory.resolve("moved.git"));
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class, it -> assertThat(it.cause()).contains("no Git repo at"));
        Files.move(directory.resolve("moved.git"), repo.bare());
        assertThat(text(source.tree(), "a")).isEqualTo("first content");
    }

    @Test
    void latestVerified_blobDamaged_isNoticedByReadingAndRepairedByNextLook() throws Exception {
        String noise =
                new Random(1).ints(3000, '0', 'z').mapToObj(Character::toString).collect(joining());
        repo.push("a", noise);
        source.fresh();
        String blob = repo.git("rev-parse", "HEAD:a");
        source.follow("main");
        damageObject(blob);
        Fresh damaged = source.fresh();
        assertThatThrownBy(() -> damaged.tree().read("a", 10_000))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("fetched anew");
        assertThat(text(source.tree(), "a")).isEqualTo(noise);
        assertThat(text(damaged.tree(), "a")).isEqualTo(noise);
    }

    @Test
    void latestVerified_objectsDeleted_repairsItself() throws Exception {
        repo.push("a", "1");
        source.fresh();
        source.follow("main");
        for (String file : filesOfStore()) {
            if (file.contains("/objects/") && Files.isRegularFile(Path.of(file))) {
                Files.deleteIfExists(Path.of(file));
            }
        }
        assertThat(text(source.tree(), "a")).isEqualTo("1");
    }

    @Test
    void latestVerified_locksLeftByACrash_areRemoved() throws Exception {
        repo.push("a", "1");
        source.fresh();
        source.close();
        Path store = store();
        Files.createFile(store.resolve("shallow.lock"));
        Files.createFile(store.resolve("HEAD.lock"));
        Files.createFile(store.resolve("refs/berth/last.lock"));
        source.follow("main");
        repo.push("a", "2");
        assertThat(text(source.tree(), "a")).isEqualTo("2");
    }

    @Test
    void latestVerified_crashDuringRepair_usesTheCompleteStore() throws Exception {
        String commit = repo.push("a", "1");
        source.fresh();
        source.close();
        BareStore.create(store().resolveSibling("store-7.git")).close();
        source.follow("main");
        Files.move(repo.bare(), directory.resolve("moved.git"));
        assertThat(stale().revision().commit()).isEqualTo(commit);
        assertThat(store().resolveSibling("store-7.git")).doesNotExist();
    }

    @Test
    void latestVerified_directoryCannotBeMade_saysWhere() throws Exception {
        repo.push("a", "1");
        Files.writeString(source.copies, "a file");
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        it -> assertThat(it.cause()).contains(source.copies.toString()));
        Files.delete(source.copies);
        source.fresh();
    }

    @Test
    void new_process_keepsSettingsOfUserAndMachineOut() throws Exception {
        assertThat(SystemReader.getInstance().getUserConfig().toText()).isEmpty();
        assertThat(SystemReader.getInstance().getSystemConfig().toText()).isEmpty();
        assertThat(SystemReader.getInstance().openJGitConfig(null, FS.DETECTED).getFile()).isNull();
    }

    private Path store() throws IOException {
        try (Stream<Path> files = Files.walk(source.copies)) {
            return files.filter(f -> f.toString().matches(".*/store-\\d+\\.git"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private List<String> filesOfStore() throws IOException {
        try (Stream<Path> files = Files.walk(store())) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private String storeGit(String... args) throws IOException {
        String[] all =
                Stream.concat(Stream.of("--git-dir", store().toString()), Stream.of(args))
                        .toArray(String[]::new);
        return repo.git(all);
    }

    private void damagePacks() throws IOException {
        for (String file : filesOfStore()) {
            if (file.endsWith(".pack")) {
                try (RandomAccessFile pack = new RandomAccessFile(file, "rw")) {
                    pack.seek(12);
                    pack.write(new byte[(int) pack.length() - 12 - 20]);
                }
            }
        }
    }

    private void damageObject(String id) throws IOException {
        for (String file : filesOfStore()) {
            if (file.endsWith(".pack")) {
                long offset = -1;
                for (String line : storeGit("verify-pack", "-v", file).lines().toList()) {
                    if (line.startsWith(id)) {
                        offset = Long.parseLong(line.split(" +", -1)[4]);
                    }
                }
                assertThat(offset).isPositive();
                try (RandomAccessFile pack = new RandomAccessFile(file, "rw")) {
                    pack.seek(offset + 1000);
                    pack.write(new byte[100]);
                }
            }
        }
    }
}
