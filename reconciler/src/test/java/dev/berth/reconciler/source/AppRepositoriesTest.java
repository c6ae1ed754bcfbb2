package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AppRepositoriesTest {
    private static final Duration A_WHILE = Duration.ofMinutes(10);

    @TempDir Path directory;
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T09:00:00Z"));
    private final AtomicInteger wakes = new AtomicInteger();
    private ScratchRepo configRepo;
    private ScratchRepo appRepo;
    private GitHttpServer server;
    private JGitSource config;
    private AppRepositories apps;

    @BeforeEach
    void open() throws IOException {
        configRepo = new ScratchRepo(Files.createDirectory(directory.resolve("config")));
        appRepo = new ScratchRepo(Files.createDirectory(directory.resolve("shop")));
        server = new GitHttpServer(directory.resolve("shop"));
        start(FollowedRepo.QUICK);
    }

    @AfterEach
    void close() {
        stop();
        server.close();
    }

    private void start() {
        start(FollowedRepo.QUICK);
    }

    private void start(Deadlines deadlines) {
        Path copies = directory.resolve("copies");
        config =
                new JGitSource(
                        copies,
                        new JGitSource.Origin(configRepo.url(), null, new Credentials.None()),
                        FollowedRepo.QUICK,
                        () -> {});
        apps =
                new AppRepositories(
                        new AppRepositories.Settings(
                                copies,
                                _ -> new Credentials.None(),
                                deadlines,
                                () -> Duration.ofSeconds(30)),
                        config,
                        this::now,
                        wakes::incrementAndGet);
    }

    private Instant now() {
        return Objects.requireNonNull(now.get());
    }

    private void stop() {
        apps.close();
        config.close();
    }

    private static SourceRef source(RepoUrl url, @Nullable String branch) {
        return new SourceRef(url.shown(), branch, null);
    }

    private static Fresh fresh(SourceReading reading) {
        assertThat(reading).isInstanceOf(Fresh.class);
        return (Fresh) reading;
    }

    private static SourcePin pin(@Nullable RepoUrl url, Fresh reading) throws ReconcileException {
        return new SourcePin(
                url == null ? null : url.shown(),
                reading.revision(),
                ".",
                String.valueOf(reading.tree().directoryId(".")));
    }

    private static String text(ConfigTree tree, String path) throws Exception {
        return new String(tree.read(path, 1000), StandardCharsets.UTF_8);
    }

    @Test
    void read_twiceInAnInterval_asksTheServerOnce() {
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), null);
        Fresh first = fresh(apps.read(source));
        int requests = server.requests().size();
        appRepo.push("a", "2");
        assertThat(fresh(apps.read(source)).revision()).isEqualTo(first.revision());
        assertThat(server.requests()).hasSize(requests);
        now.updateAndGet(t -> t.plusSeconds(31));
        assertThat(fresh(apps.read(source)).revision()).isNotEqualTo(first.revision());
    }

    private static SourceRef tagged(RepoUrl url, String tag) {
        return new SourceRef(url.shown(), "refs/tags/" + tag, null);
    }

    @Test
    void read_tag_staysThereWhenTheBranchMovesAndFollowsWhenTheTagDoes() throws Exception {
        String one = appRepo.push("a", "1");
        appRepo.git("tag", "v1");
        appRepo.git("push", "-q", "origin", "v1");
        String two = appRepo.push("a", "2");
        SourceRef source = tagged(server.url("origin.git"), "v1");

        Fresh first = fresh(apps.read(source));
        assertThat(first.revision().commit()).isEqualTo(one);
        assertThat(first.revision()).hasToString("tags/v1@sha1:" + one);
        assertThat(text(first.tree(), "a")).isEqualTo("1");

        appRepo.git("tag", "-f", "v1");
        appRepo.git("push", "-q", "-f", "origin", "v1");
        now.updateAndGet(t -> t.plusSeconds(31));
        assertThat(fresh(apps.read(source)).revision().commit()).isEqualTo(two);
    }

    @Test
    void read_tagWithAMessage_isTheCommitItIsOn() {
        for (RepoUrl url : List.of(server.url("origin.git"), appRepo.url())) {
            String commit = appRepo.push("a", url.shown());
            appRepo.git("tag", "-f", "-a", "-m", "first", "v1");
            appRepo.git("push", "-q", "-f", "origin", "v1");

            assertThat(fresh(apps.read(tagged(url, "v1"))).revision().commit()).isEqualTo(commit);
            now.updateAndGet(t -> t.plusSeconds(31));
            assertThat(fresh(apps.read(tagged(url, "v1"))).revision().commit()).isEqualTo(commit);
        }
    }

    @Test
    void read_tagAndBranchOfOneName_areToldApart() {
        String tagged = appRepo.push("a", "1");
        appRepo.git("tag", "main");
        appRepo.git("push", "-q", "origin", "refs/tags/main");
        appRepo.write("a", "2");
        appRepo.git("commit", "-q", "-a", "-m", "two");
        appRepo.git("push", "-q", "origin", "HEAD:refs/heads/main");
        RepoUrl url = server.url("origin.git");

        assertThat(fresh(apps.read(tagged(url, "main"))).revision().commit()).isEqualTo(tagged);
        assertThat(fresh(apps.read(source(url, "main"))).revision().commit())
                .isEqualTo(appRepo.head());
    }

    @Test
    void read_tagAfterARestart_isOpenedFromDisk() throws Exception {
        appRepo.push("a", "1");
        appRepo.git("tag", "v1");
        appRepo.git("push", "-q", "origin", "v1");
        RepoUrl url = server.url("origin.git");
        SourcePin pin = pin(url, fresh(apps.read(tagged(url, "v1"))));
        apps.open(pin);
        stop();
        server.fault(new GitHttpServer.Fault.Silence());
        start();

        assertThat(text(apps.open(pin), "a")).isEqualTo("1");
        assertThat(apps.read(tagged(url, "v1"))).isInstanceOf(SourceReading.Stale.class);
    }

    @Test
    void read_tagThatIsNotThereOrOnNoCommit_saysSo() {
        appRepo.push("a", "1");
        appRepo.git("tag", "tree", "HEAD^{tree}");
        appRepo.git("push", "-q", "origin", "tree");
        RepoUrl url = server.url("origin.git");

        assertThat(apps.read(tagged(url, "v9")))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        none ->
                                assertThat(none.doubt().cause())
                                        .contains("has no tag v9; push it again"));
        assertThat(apps.read(tagged(url, "tree")))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        none ->
                                assertThat(none.doubt().cause())
                                        .contains("on tag tree of", "it is no commit"));
    }

    @Test
    void lookAhead_reposThatDoNotAnswer_areAskedSideBySide() throws Exception {
        List<SourceRef> sources =
                Stream.of("one.git", "two.git", "three.git")
                        .map(name -> source(server.url(name), null))
                        .toList();
        server.fault(new GitHttpServer.Fault.Silence());
        Thread looks = Thread.ofVirtual().start(() -> apps.lookAhead(sources));
        await().atMost(FollowedRepo.QUICK.io())
                .until(
                        () ->
                                sources.stream()
                                        .allMatch(
                                                source ->
                                                        server.requests().stream()
                                                                .anyMatch(asked(source))));
        assertThat(looks.isAlive()).isTrue();
        assertThat(looks.join(Duration.ofSeconds(60))).isTrue();
        assertThat(apps.read(sources.getFirst())).isInstanceOf(Unavailable.class);
    }

    private static Predicate<String> asked(SourceRef source) {
        String path = URI.create(Objects.requireNonNull(source.repo())).getPath();
        return request -> request.contains(path);
    }

    @Test
    void lookAhead_oneRepoTwice_isAskedOnceAndReadsAskNoMore() {
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), null);
        apps.lookAhead(List.of(source, new SourceRef(source.repo(), null, null)));
        int requests = server.requests().size();
        fresh(apps.read(source));
        assertThat(server.requests()).hasSize(requests);
    }

    @Test
    void lookAgain_serverAnnouncedAPush_readsBeforeTheIntervalIsOver() {
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), "main");
        Fresh first = fresh(apps.read(source));
        appRepo.push("a", "2");
        apps.lookAgain(server.url("origin.git"));
        assertThat(fresh(apps.read(source)).revision()).isNotEqualTo(first.revision());
    }

    @Test
    void read_localRepoPushedTo_wakesAndReadsAtOnce() {
        appRepo.push("a", "1");
        SourceRef source = source(appRepo.url(), "main");
        fresh(apps.read(source));
        String commit = appRepo.push("a", "2");
        await().atMost(Duration.ofSeconds(20)).until(() -> wakes.get() > 0);
        assertThat(fresh(apps.read(source)).revision().commit()).isEqualTo(commit);
    }

    private static SourceRef at(SourceRef ref, String commit) {
        return new SourceRef(ref.repo(), ref.ref(), commit);
    }

    @Test
    void read_commitThatIsNotHereYet_isLookedForAtOnce() {
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), "main");
        fresh(apps.read(source));
        String next = appRepo.push("a", "2");

        assertThat(fresh(apps.read(at(source, next))).revision().commit()).isEqualTo(next);
        assertThat(fresh(apps.read(source)).revision().commit()).isEqualTo(next);
    }

    @Test
    void read_commitNobodyHas_isLookedForOnceInAnIntervalUnlessThereIsNews() {
        appRepo.push("a", "1");
        RepoUrl url = server.url("origin.git");
        SourceRef one = at(source(url, "main"), "1".repeat(40));
        SourceRef other = at(source(url, "main"), "2".repeat(40));
        assertThat(apps.read(one)).isInstanceOf(Unavailable.class);
        assertThat(apps.read(other)).isInstanceOf(Unavailable.class);
        int requests = server.requests().size();

        for (int pass = 0; pass < 3; pass++) {
            assertThat(apps.read(one)).isInstanceOf(Unavailable.class);
            assertThat(apps.read(other)).isInstanceOf(Unavailable.class);
        }
        assertThat(server.requests()).hasSize(requests);

        apps.lookAgain(url);
        apps.read(one);
        assertThat(server.requests()).hasSizeGreaterThan(requests);
        requests = server.requests().size();
        pass(Duration.ofSeconds(31));
        apps.read(other);
        assertThat(server.requests()).hasSizeGreaterThan(requests);
    }

    @Test
    void read_serverIsDown_isAskedForACommitOnceInAnInterval() {
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), "main");
        fresh(apps.read(source));
        server.fault(new GitHttpServer.Fault.Status(500));
        SourceRef next = at(source, "1".repeat(40));
        assertThat(apps.read(next)).isInstanceOf(Unavailable.class);
        int requests = server.requests().size();

        assertThat(apps.read(next)).isInstanceOf(Unavailable.class);

        assertThat(server.requests()).hasSize(requests);
    }

    @Test
    void read_twoBranchesOfOneRepo_areSeparate() throws Exception {
        appRepo.push("a", "on main");
        appRepo.git("checkout", "-q", "-b", "next");
        appRepo.push("a", "on next");
        assertThat(text(fresh(apps.read(source(appRepo.url(), "main"))).tree(), "a"))
                .isEqualTo("on main");
        assertThat(text(fresh(apps.read(source(appRepo.url(), "next"))).tree(), "a"))
                .isEqualTo("on next");
    }

    @Test
    void read_noUrl_isUnavailableAndSaysWhatToWrite() {
        assertThat(apps.read(new SourceRef("shop", null, null)))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        it ->
                                assertThat(it.cause())
                                        .contains("spec.source.repo")
                                        .contains("https://host/path"));
    }

    @Test
    void read_loginInUrlChanged_usesTheNewOne() {
        appRepo.push("a", "1");
        server.requirePassword("new");
        String base = server.base().replace("http://", "http://ada:%s@") + "/origin.git";
        assertThat(apps.read(new SourceRef(base.formatted("old"), null, null)))
                .isInstanceOf(Unavailable.class);
        fresh(apps.read(new SourceRef(base.formatted("new"), null, null)));
    }

    @Test
    void open_commitNoBranchHasAnyMore_isReadAlsoAfterRestartAndGarbageCollection()
            throws Exception {
        appRepo.push("a", "first");
        SourcePin pin = pin(appRepo.url(), fresh(apps.read(source(appRepo.url(), null))));
        assertThat(text(apps.open(pin), "a")).isEqualTo("first");
        appRepo.write("a", "amended");
        appRepo.git("commit", "-q", "-a", "--amend", "-m", "again");
        appRepo.git("push", "-q", "-f", "origin", "main");
        apps.lookAgain(appRepo.url());
        fresh(apps.read(source(appRepo.url(), null)));
        stop();
        for (Path store : stores()) {
            appRepo.git("--git-dir", store.toString(), "gc", "-q", "--prune=now");
        }
        start();
        assertThat(text(apps.open(pin), "a")).isEqualTo("first");
    }

    @Test
    void retain_pinNotInUse_letsItsCommitGo() throws Exception {
        appRepo.push("a", "first");
        SourceRef source = source(appRepo.url(), null);
        SourcePin old = pin(appRepo.url(), fresh(apps.read(source)));
        apps.open(old);
        appRepo.push("a", "second");
        apps.lookAgain(appRepo.url());
        SourcePin current = pin(appRepo.url(), fresh(apps.read(source)));
        apps.open(current);
        apps.retain(List.of(old, current));
        assertThat(pinnedCommits()).hasSize(2);
        apps.retain(List.of(current));
        assertThat(pinnedCommits()).containsExactly(current.revision().commit());
    }

    @Test
    void retain_repoNoAppNames_removesItsCopy() {
        appRepo.push("a", "1");
        fresh(apps.read(source(appRepo.url(), null)));
        apps.retain(List.of());
        apps.retain(List.of());
        assertThat(stores()).as("read a moment ago").hasSize(1);
        pass(A_WHILE);
        apps.retain(List.of());
        assertThat(stores()).isEmpty();
        fresh(apps.read(source(appRepo.url(), null)));
    }

    @Test
    void retain_refNobodyFollowsAnyMore_removesItsCopyAndKeepsTheOthers() throws Exception {
        appRepo.push("a", "1");
        appRepo.git("push", "-q", "origin", "HEAD:refs/pull/12/head");
        SourceRef main = source(appRepo.url(), "main");
        SourceRef pull = source(appRepo.url(), "refs/pull/12/head");
        SourcePin own = pin(appRepo.url(), fresh(apps.read(main)));
        SourcePin of12 = pin(appRepo.url(), fresh(apps.read(pull)));
        apps.retain(List.of(own, of12));
        apps.retain(List.of(own, of12));
        assertThat(stores()).hasSize(2);

        pass(A_WHILE);
        apps.retain(List.of(own));

        assertThat(stores()).hasSize(1);
        assertThat(apps.open(own)).isNotNull();
    }

    @Test
    void retain_lookOfAProposalGoesOn_letsItEnd() throws Exception {
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), null);
        server.fault(new GitHttpServer.Fault.Trickle(5));
        AtomicReference<@Nullable SourceReading> read = new AtomicReference<>();
        Thread look = Thread.ofVirtual().start(() -> read.set(apps.read(source)));
        await().atMost(FollowedRepo.QUICK.io()).until(() -> !server.requests().isEmpty());

        pass(A_WHILE);
        apps.retain(List.of());
        apps.retain(List.of());

        assertThat(look.join(Duration.ofSeconds(60))).isTrue();
        assertThat(read.get())
                .isInstanceOfSatisfying(
                        Fresh.class,
                        it -> assertThat(stores()).as("of %s", it.revision().commit()).hasSize(1));
    }

    @Test
    void retain_lookGoesOnWithoutItsCaller_isLetEndAndKeptForAWhile() throws IOException {
        stop();
        start(new Deadlines(Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(60)));
        appRepo.push("a", "1");
        SourceRef source = source(server.url("origin.git"), null);
        server.fault(new GitHttpServer.Fault.Trickle(20));
        assertThat(apps.read(source)).isInstanceOf(Unavailable.class);

        pass(A_WHILE);
        apps.retain(List.of());
        await().atMost(Duration.ofSeconds(30)).until(() -> wakes.get() > 0);
        apps.retain(List.of());

        assertThat(packs()).as("what has come").isNotEmpty();
        server.fault(new GitHttpServer.Fault.None());
        fresh(apps.read(source));
    }

    private void pass(Duration time) {
        now.updateAndGet(t -> t.plus(time));
    }

    @Test
    void retain_repoLeftFromAnEarlierRun_removesItsCopy() {
        appRepo.push("a", "1");
        fresh(apps.read(source(appRepo.url(), null)));
        stop();
        start();
        apps.retain(List.of());
        assertThat(stores()).isEmpty();
    }

    @Test
    void open_pinOfConfigRepo_isReadAfterHistoryWasRewritten() throws Exception {
        configRepo.push("site/index.html", "first");
        SourcePin pin = pin(null, fresh(config.latestVerified()));
        apps.open(pin);
        configRepo.push("site/index.html", "second");
        fresh(config.latestVerified());
        assertThat(text(apps.open(pin), "site/index.html")).isEqualTo("first");
    }

    @Test
    void open_commitNotOnDisk_isFetchedIfTheServerGivesItOut() throws Exception {
        appRepo.push("a", "first");
        SourcePin pin =
                pin(
                        server.url("origin.git"),
                        fresh(apps.read(source(server.url("origin.git"), null))));
        appRepo.push("a", "second");
        stop();
        StoreDirectory.delete(directory.resolve("copies"));
        start();
        assertThat(text(apps.open(pin), "a")).isEqualTo("first");
    }

    @Test
    void open_commitNobodyHas_isTransientWithCommitAndRepo() {
        appRepo.push("a", "1");
        Revision unknown =
                new Revision("main", "12345678".repeat(5), "Ada <ada@example.com>", Instant.EPOCH);
        assertThatThrownBy(() -> apps.open(new SourcePin(appRepo.url().shown(), unknown, ".", "x")))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("123456781234")
                .hasMessageContaining(appRepo.url().shown());
    }

    @Test
    void open_pinnedCommitOnlyInADamagedStore_survivesTheRepair() throws Exception {
        appRepo.push("a", "first");
        SourceRef source = source(appRepo.url(), null);
        SourcePin pin = pin(appRepo.url(), fresh(apps.read(source)));
        apps.open(pin);
        Set<Path> intact = packs();
        appRepo.git("commit", "-q", "--amend", "-m", "rewritten");
        appRepo.push("b", "second");
        apps.lookAgain(appRepo.url());
        fresh(apps.read(source));
        stop();
        for (Path pack : packs()) {
            if (!intact.contains(pack)) {
                Files.delete(pack);
            }
        }
        Path damaged = stores().getFirst();
        start();
        assertThat(text(fresh(apps.read(source)).tree(), "b")).isEqualTo("second");
        assertThat(damaged).doesNotExist();
        assertThat(text(apps.open(pin), "a")).isEqualTo("first");
    }

    private Set<Path> packs() throws IOException {
        try (Stream<Path> files = Files.list(stores().getFirst().resolve("objects/pack"))) {
            return files.collect(Collectors.toSet());
        }
    }

    private List<Path> stores() {
        Path root = directory.resolve("copies/apps");
        try (Stream<Path> files = Files.isDirectory(root) ? Files.walk(root) : Stream.empty()) {
            return files.filter(f -> f.toString().matches(".*/store-\\d+\\.git")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> pinnedCommits() {
        return appRepo.git(
                        "--git-dir",
                        stores().getFirst().toString(),
                        "for-each-ref",
                        "--format=%(objectname)",
                        BareStore.PINS)
                .lines()
                .toList();
    }
}
