package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.berth.reconciler.ReconcileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that are not followed, of a repo on this machine and over HTTP. */
final class AsidesTest {
    private static final Deadlines PATIENT =
            new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(60));

    @TempDir Path directory = Path.of("");
    private ScratchRepo repo;
    private JGitSource source;
    private Asides asides;
    private String followed;

    @BeforeEach
    void open() {
        repo = new ScratchRepo(directory);
        followed = repo.push("a.yaml", "1\n2\n3\n");
        source = source(repo.url());
        asides = source.asides();
    }

    @AfterEach
    void close() {
        asides.close();
        source.close();
    }

    private JGitSource source(RepoUrl url) {
        return new JGitSource(
                directory.resolve("copies"),
                new JGitSource.Origin(url, null, new Credentials.None()),
                PATIENT,
                () -> {});
    }

    /** Commits on a branch that begins where main stands, and pushes it under these names. */
    private String propose(String path, String content, String... refs) {
        repo.git("checkout", "-q", "-b", "proposal-" + refs[0].replace('/', '-'), "main");
        repo.write(path, content);
        repo.git("add", "-A");
        repo.git("commit", "-q", "-m", "propose");
        String commit = repo.head();
        for (String ref : refs) {
            repo.git("push", "-q", "-f", "origin", "HEAD:" + ref);
        }
        repo.git("checkout", "-q", "main");
        return commit;
    }

    private static String read(ConfigTree tree, String path) throws Exception {
        return new String(tree.read(path, 1000), StandardCharsets.UTF_8);
    }

    private static List<String> paths(ConfigTree tree) throws ReconcileException {
        return tree.entries(".").stream().map(ConfigTree.Entry::path).toList();
    }

    @Test
    void open_commitAhead_givesItsFilesAndTheFollowedOnes() throws Exception {
        String head = propose("b.yaml", "new", "refs/pull/12/head");

        Aside aside = asides.open("pull/12", followed);

        assertThat(aside.way()).isEqualTo(new Aside.Ahead());
        assertThat(aside.revision()).hasToString("pull/12@sha1:" + head);
        assertThat(aside.revision().author()).isEqualTo("Ada Lovelace <ada@example.com>");
        assertThat(paths(aside.tree())).containsExactly("a.yaml", "b.yaml");
        assertThat(paths(aside.baseTree())).containsExactly("a.yaml");
        assertThat(aside.base()).hasToString("main@sha1:" + followed);
    }

    @Test
    void open_bothWentOn_mergesAndLeavesTheRepoAsItIs() throws Exception {
        propose("a.yaml", "1\n2\n3\n4\n", "refs/merge-requests/3/head");
        String main = repo.push("c.yaml", "c");
        String objects = repo.gitInBare("count-objects", "-v");
        String refs = repo.gitInBare("for-each-ref");

        Aside aside = asides.open("pull/3", main);

        assertThat(aside.way()).isEqualTo(new Aside.Merged());
        assertThat(paths(aside.tree())).containsExactly("a.yaml", "c.yaml");
        assertThat(read(aside.tree(), "a.yaml")).isEqualTo("1\n2\n3\n4\n");
        assertThat(repo.gitInBare("count-objects", "-v")).isEqualTo(objects);
        assertThat(repo.gitInBare("for-each-ref")).isEqualTo(refs);
    }

    @Test
    void open_bothChangedTheSameLine_givesItAloneAndSaysWhere() throws Exception {
        propose("a.yaml", "1\ntheirs\n3\n", "refs/pull/4/head");
        String main = repo.push("a.yaml", "1\nours\n3\n");
        repo.push("later.yaml", "not followed yet");

        Aside aside = asides.open("refs/pull/4/head", main);

        assertThat(aside.way()).isEqualTo(new Aside.Alone("conflicts in a.yaml"));
        assertThat(read(aside.tree(), "a.yaml")).isEqualTo("1\ntheirs\n3\n");
        assertThat(aside.base().commit()).isEqualTo(main);
    }

    @Test
    void open_largeFileChangedOnBothSides_isNotComparedLineByLine() throws Exception {
        repo.push("big.yaml", "x\n");
        propose("big.yaml", "y\n".repeat(600_000), "refs/pull/5/head");
        String main = repo.push("big.yaml", "z\n");

        assertThat(asides.open("pull/5", main).way())
                .isEqualTo(new Aside.Alone("big.yaml was changed on both sides and is too large"));
    }

    @Test
    void open_commitThatIsFollowedAlready_isAsIfTheBranchWentBack() throws Exception {
        String main = repo.push("b.yaml", "new");

        Aside aside = asides.open(followed.substring(0, 9), main);

        assertThat(aside.way()).isEqualTo(new Aside.Behind());
        assertThat(aside.revision().commit()).isEqualTo(followed);
        assertThat(paths(aside.tree())).containsExactly("a.yaml");
        assertThat(asides.open("main", main).isFollowed()).isTrue();
    }

    @Test
    void open_tagsBranchesAndIds_findsEach() throws Exception {
        String head = propose("b.yaml", "new", "refs/heads/next", "refs/heads/team/next");
        repo.git("tag", "-a", "-m", "with a message", "v1", head);
        repo.git("push", "-q", "origin", "v1");

        for (String name :
                List.of(
                        "next",
                        "team/next",
                        "v1",
                        "tags/v1",
                        "refs/tags/v1",
                        head,
                        head.substring(0, 7))) {
            assertThat(asides.open(name, null).revision().commit()).as(name).isEqualTo(head);
        }
    }

    @Test
    void open_nothingOfThatName_saysSo() {
        for (String name : List.of("nothing", "pull/99", "0".repeat(40), "../evil", "a b", "")) {
            assertThatThrownBy(() -> asides.open(name, followed))
                    .as(name)
                    .isInstanceOf(ReconcileException.Stalled.class)
                    .hasMessageContaining("has no branch, tag, pull request or commit");
        }
    }

    @Test
    void open_historyOfItsOwn_isLookedAtAlone() throws Exception {
        repo.git("checkout", "-q", "--orphan", "other");
        repo.write("other.yaml", "x");
        repo.git("add", "-A");
        repo.git("commit", "-q", "-m", "other");
        repo.git("push", "-q", "origin", "other");

        assertThat(asides.open("other", followed).way())
                .isEqualTo(new Aside.Alone("they have no commit in common"));
    }

    /** Of one small file, or of none, as far as Git stores it: 10 levels of 100 names each. */
    private String proposeBomb(int number, boolean empty) throws IOException {
        try (Repository bare = new FileRepositoryBuilder().setGitDir(repo.bare().toFile()).build();
                ObjectInserter objects = bare.newObjectInserter()) {
            ObjectId tree = objects.insert(new TreeFormatter());
            if (!empty) {
                TreeFormatter files = new TreeFormatter();
                files.append(
                        "a.txt",
                        FileMode.REGULAR_FILE,
                        objects.insert(Constants.OBJ_BLOB, new byte[] {'a'}));
                tree = objects.insert(files);
            }
            for (int level = 0; level < 10; level++) {
                TreeFormatter names = new TreeFormatter();
                for (int i = 100; i < 200; i++) {
                    names.append("d" + i, FileMode.TREE, tree);
                }
                tree = objects.insert(names);
            }
            CommitBuilder commit = new CommitBuilder();
            commit.setTreeId(tree);
            commit.setParentId(ObjectId.fromString(followed));
            commit.setAuthor(new PersonIdent("A", "a@example.com"));
            commit.setCommitter(new PersonIdent("A", "a@example.com"));
            ObjectId id = objects.insert(commit);
            objects.flush();
            repo.gitInBare("update-ref", "refs/pull/%d/head".formatted(number), id.name());
            return id.name();
        }
    }

    @Test
    void open_fewBytesThatStandForBillionsOfNames_isRefusedBeforeAnythingWalksThroughThem()
            throws IOException {
        proposeBomb(20, false);
        proposeBomb(21, true);
        String main = repo.push("c.yaml", "c"); // so that there is something to merge

        for (String name : List.of("pull/20", "pull/21")) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(10),
                    () ->
                            assertThatThrownBy(() -> asides.open(name, main))
                                    .isInstanceOf(ReconcileException.Stalled.class)
                                    .hasMessageContaining(
                                            "is not looked at: it has more than 50,000 files"));
        }
    }

    @Test
    void open_manyNamesOfOneLargeFile_isRefusedBeforeItIsRead() throws Exception {
        repo.git("checkout", "-q", "-b", "much", "main");
        String text = "# much\n".repeat(140_000);
        for (int i = 0; i < 18; i++) {
            repo.write("much/%d.yaml".formatted(i), text);
        }
        repo.git("add", "-A");
        repo.git("commit", "-q", "-m", "much");
        repo.git("push", "-q", "origin", "HEAD:refs/pull/22/head");
        repo.git("mv", "much", ".much");
        repo.git("commit", "-q", "-m", "much that is no config");
        repo.git("push", "-q", "origin", "HEAD:refs/pull/23/head");

        assertThatThrownBy(() -> asides.open("pull/22", followed))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("its YAML files hold more than 16 MiB together");
        assertThat(asides.open("pull/23", followed).way()).isEqualTo(new Aside.Ahead());
    }

    @Test
    void open_linesThatTakeHoursToCompare_endsSoon() throws Exception {
        StringBuilder base = new StringBuilder();
        StringBuilder one = new StringBuilder();
        StringBuilder other = new StringBuilder();
        Random random = new Random(1); // few different lines, in an order of their own each
        for (int i = 0; i < 200_000; i++) {
            base.append(random.nextInt(100)).append('\n');
            one.append(random.nextInt(100)).append('\n');
            other.append(random.nextInt(100)).append('\n');
        }
        repo.push("b.yaml", base.toString());
        propose("b.yaml", one.toString(), "refs/pull/24/head");
        String main = repo.push("b.yaml", other.toString());

        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () ->
                        assertThat(asides.open("pull/24", main).way())
                                .isEqualTo(new Aside.Alone("conflicts in b.yaml")));
    }

    @Test
    void open_commitOfNoBranch_isNotTheReposOwn() throws Exception {
        propose("b.yaml", "new", "refs/pull/25/head");
        String own = propose("d.yaml", "new", "next", "refs/pull/26/head");

        assertThat(asides.open("pull/25", followed).own()).isFalse();
        assertThat(asides.open("refs/pull/25/head", followed).own()).isFalse();
        for (String name : List.of("pull/26", own, own.substring(0, 9), "next", "main")) {
            assertThat(asides.open(name, followed).own()).as(name).isTrue();
        }
    }

    @Test
    void open_followedCommitIsGone_takesWhereTheBranchStands() throws Exception {
        propose("b.yaml", "new", "next");

        assertThat(asides.open("next", "1".repeat(40)).base().commit()).isEqualTo(followed);
    }

    @Test
    void open_overHttp_mergesFetchesMoreHistoryAndSingleCommits() throws Exception {
        try (GitHttpServer server = new GitHttpServer(directory);
                JGitSource remote = source(server.url("origin.git"));
                Asides far = shallow(remote)) {
            String head = propose("b.yaml", "new", "refs/pull/7/head");
            for (int i = 0; i < 4; i++) {
                repo.git("commit", "-q", "--allow-empty", "-m", "main goes on");
            }
            String main = repo.push("c.yaml", "c");

            Aside aside = far.open("pull/7", main);

            assertThat(aside.way()).isEqualTo(new Aside.Merged());
            assertThat(paths(aside.tree())).containsExactly("a.yaml", "b.yaml", "c.yaml");
            assertThat(aside.own()).isFalse();
            assertThat(read(aside.head(), "b.yaml")).isEqualTo("new");
            assertThat(far.open(head, main).revision().commit()).isEqualTo(head);
            assertThat(far.open("refs/heads/main", main).own()).isTrue();
            assertThat(far.open(head.substring(0, 8), main).way()).isEqualTo(new Aside.Merged());
            assertThat(far.open(followed.substring(0, 8), main).way())
                    .isEqualTo(new Aside.Behind());
            assertThatThrownBy(() -> far.open("2".repeat(40), main))
                    .hasMessageContaining("gives out no commit " + "2".repeat(40));
        }
    }

    @Test
    void open_overHttpAgain_goesOnAfterFaultsAndDamage() throws Exception {
        try (GitHttpServer server = new GitHttpServer(directory);
                JGitSource remote = source(server.url("origin.git"));
                Asides far = remote.asides()) {
            propose("b.yaml", "1", "refs/pull/7/head");
            assertThat(read(far.open("pull/7", followed).tree(), "b.yaml")).isEqualTo("1");

            server.fault(new GitHttpServer.Fault.Status(500));
            assertThatThrownBy(() -> far.open("pull/7", followed)).hasMessageContaining("500");
            server.fault(new GitHttpServer.Fault.TruncatedPack(40));
            propose("b.yaml", "2", "refs/pull/8/head");
            assertThatThrownBy(() -> far.open("pull/8", followed))
                    .isInstanceOf(ReconcileException.Transient.class);
            server.fault(new GitHttpServer.Fault.None());
            damage();

            assertThat(read(far.open("pull/8", followed).tree(), "b.yaml")).isEqualTo("2");
            assertThat(paths(far.open("main", followed).tree())).containsExactly("a.yaml");
        }
    }

    /** One that has to ask for more when it has three commits of history. */
    private Asides shallow(JGitSource remote) {
        return new Asides(
                remote.url(),
                null,
                remote.remote(),
                directory.resolve("aside"),
                new Asides.Pace(List.of(3, 100), new OneAtATime("test", Duration.ofMinutes(1))));
    }

    @Test
    void open_questionBeforeDoesNotEnd_isNoFaultOfThatCommit() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        OneAtATime jobs = new OneAtATime("test", Duration.ofMillis(100));
        try (Asides stuck =
                new Asides(
                        repo.url(),
                        null,
                        source.remote(),
                        directory.resolve("aside"),
                        new Asides.Pace(List.of(100), jobs))) {
            assertThatThrownBy(
                            () ->
                                    jobs.run(
                                            _ -> hang(end),
                                            () -> {},
                                            Duration.ofMillis(200),
                                            () -> {}))
                    .isInstanceOf(TimeoutException.class);

            assertThatThrownBy(() -> stuck.open("main", followed))
                    .isInstanceOf(ReconcileException.Transient.class)
                    .hasMessageContaining(
                            "main of %s can't be read yet: what was asked of the repo before",
                            repo.url());

            end.countDown();
            assertThat(stuck.open("main", followed).revision().commit()).isEqualTo(followed);
        }
    }

    /** As one that computes, and asks nobody whether it may. */
    private static Boolean hang(CountDownLatch end) {
        boolean ended = false;
        while (!ended) {
            try {
                ended = end.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                // goes on
            }
        }
        return ended;
    }

    private void damage() throws IOException {
        try (var files = Files.walk(directory.resolve("copies"))) {
            for (Path pack : files.filter(f -> f.toString().endsWith(".pack")).toList()) {
                Files.write(pack, new byte[20]);
            }
        }
    }
}
