package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Stale;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mode strict: every commit that a branch gained is signed, whatever shape its history has. */
final class StrictHistoryTest {
    private static final Deadlines PATIENT =
            new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(120));

    @TempDir Path directory;
    private ScratchRepo repo;
    private SigningKey ada;
    private GitHttpServer server;
    private JGitSource git;
    private VerifiedSource source;
    private String first;

    @BeforeEach
    void open() throws IOException {
        repo = new ScratchRepo(directory);
        ada = SigningKey.make(directory, "ada");
        server = new GitHttpServer(directory);
        use(server.url("origin.git"));
        for (int i = 0; i < 3; i++) {
            repo.commitAndPush("from before anything was signed " + i);
        }
        repo.write(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: {source: {verify: {mode: strict, allowedSigners: signers}}}
                """);
        repo.write("signers", ada.line());
        first = repo.commitSignedAndPush(ada, "sign from now on");
        followed(first);
    }

    private void use(RepoUrl url) {
        git =
                new JGitSource(
                        directory.resolve("copies"),
                        new JGitSource.Origin(url, null, new Credentials.None()),
                        PATIENT,
                        () -> {});
        source =
                new VerifiedSource(
                        git, new SigningRulesReader(), new OwnerKeys(directory.resolve("none")));
    }

    @AfterEach
    void close() {
        git.close();
        server.close();
    }

    private void followed(String commit) {
        SourceReading reading = source.latestVerified();
        assertThat(reading)
                .isInstanceOfSatisfying(
                        Fresh.class, it -> assertThat(it.revision().commit()).isEqualTo(commit));
    }

    private String refused(String stays) {
        SourceReading reading = source.latestVerified();
        assertThat(reading).isInstanceOf(Stale.class);
        assertThat(((Stale) reading).doubt().why()).isEqualTo(ReasonCode.SignatureInvalid);
        assertThat(((Stale) reading).revision().commit()).isEqualTo(stays);
        return ((Stale) reading).cause();
    }

    private String push() {
        repo.git("push", "-q", "-f", "origin", "HEAD:main");
        return repo.head();
    }

    private void signed(int number) {
        for (int i = 0; i < number; i++) {
            repo.commitSigned(ada, "signed " + i);
        }
    }

    private void unsigned(String message) {
        repo.git("commit", "-q", "--allow-empty", "-m", message);
    }

    private long transfers() {
        return server.requests().stream().filter(r -> r.startsWith("POST")).count();
    }

    @Test
    void latestVerified_oneNewCommit_fetchesNoHistory() {
        signed(1);
        long before = transfers();
        followed(push());
        long one = transfers() - before;
        signed(2);
        before = transfers();
        followed(push());
        assertThat(transfers() - before).isGreaterThan(one);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 15, 40})
    void latestVerified_allGainedAreSigned_isFollowed(int number) {
        signed(number);
        followed(push());
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void latestVerified_oneBetweenIsNotSigned_isRefusedAndNamed(int after) {
        unsigned("slipped in");
        String bad = repo.head();
        signed(after);
        push();
        assertThat(refused(first))
                .contains("it comes with commit " + bad.substring(0, 12))
                .contains("Ada Lovelace")
                .contains("it is not signed");
        assertNothingIsLeft();
        signed(1);
        push();
        refused(first);
    }

    @Test
    void latestVerified_mergeOfASignedBranch_isFollowed() {
        repo.git("checkout", "-q", "-b", "side", first + "~2");
        signed(2);
        repo.git("checkout", "-q", "main");
        signed(1);
        repo.sign(ada, "merge", "-q", "--no-ff", "-m", "merge", "side");
        followed(push());
    }

    @Test
    void latestVerified_mergeOfABranchWithACommitNotSigned_isRefused() {
        repo.git("checkout", "-q", "-b", "side", first + "~2");
        unsigned("on the side");
        signed(1);
        repo.git("checkout", "-q", "main");
        repo.sign(ada, "merge", "-q", "--no-ff", "-m", "merge", "side");
        push();
        assertThat(refused(first)).contains("it comes with commit");
    }

    @Test
    void latestVerified_sideBranchFromLongAgo_needsNoSignaturesOnWhatIsOld() {
        signed(25);
        followed(push());
        repo.git("checkout", "-q", "-b", "side", first + "~1");
        signed(1);
        repo.git("checkout", "-q", "main");
        repo.sign(ada, "merge", "-q", "--no-ff", "-m", "merge", "side");
        followed(push());
    }

    @Test
    void latestVerified_amended_isFollowed() {
        signed(1);
        followed(push());
        repo.sign(ada, "commit", "-q", "--amend", "--allow-empty", "-m", "better");
        followed(push());
    }

    @Test
    void latestVerified_rewoundToAnEarlierGoodCommit_isFollowed() {
        signed(3);
        followed(push());
        repo.git("reset", "-q", "--hard", first);
        followed(push());
    }

    @Test
    void latestVerified_rewrittenFromACommitThatIsKnown_isLookedAtFromThere() {
        signed(3);
        followed(push());
        repo.git("reset", "-q", "--hard", first);
        signed(4);
        String good = push();
        followed(good);
        repo.git("reset", "-q", "--hard", first);
        unsigned("instead");
        signed(1);
        push();
        refused(good);
    }

    @Test
    void latestVerified_rewrittenFromTheStart_isRefusedUntilMerged() {
        repo.git("checkout", "-q", "--orphan", "other");
        signed(2);
        push();
        assertThat(refused(first)).contains("was rewritten").contains("push a signed merge");
        repo.sign(
                ada,
                "merge",
                "-q",
                "--allow-unrelated-histories",
                "-s",
                "ours",
                "-m",
                "both",
                first);
        followed(push());
    }

    @Test
    void latestVerified_serverLeavesFilesOut_isFollowed() {
        repo.gitInBare("config", "uploadpack.allowFilter", "true");
        signed(20);
        followed(push());
        unsigned("no");
        signed(3);
        push();
        refused(repo.git("rev-parse", "HEAD~4"));
    }

    @Test
    void latestVerified_localRepo_isCheckedToo() {
        git.close();
        use(repo.url());
        followed(first);
        signed(20);
        String good = push();
        followed(good);
        unsigned("no");
        signed(1);
        push();
        refused(good);
    }

    @Test
    void latestVerified_historyCantBeFetched_isNoVerdict() {
        signed(2);
        push();
        JGitSource other = git;
        assertThat(other.latestVerified()).isInstanceOf(Fresh.class);
        server.fault(new GitHttpServer.Fault.Status(500));
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Stale.class,
                        it -> {
                            assertThat(it.revision().commit()).isEqualTo(first);
                            assertThat(it.doubt().why()).isEqualTo(ReasonCode.SourceUnavailable);
                        });
        server.fault(new GitHttpServer.Fault.None());
        followed(repo.head());
    }

    private void assertNothingIsLeft() {
        try (Stream<Path> files = Files.walk(directory.resolve("copies"))) {
            assertThat(files).noneMatch(f -> f.toString().endsWith("-history"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
