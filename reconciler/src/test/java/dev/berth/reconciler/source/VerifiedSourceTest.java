package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Stale;
import dev.berth.reconciler.source.SourceReading.Unavailable;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commits are followed, and by whose word. */
final class VerifiedSourceTest {
    @TempDir Path directory;
    private Path owner;
    private ScratchRepo repo;
    private SigningKey ada;
    private SigningKey mallory;
    private JGitSource git;
    private VerifiedSource source;

    @BeforeEach
    void open() {
        owner = directory.resolve("keys");
        repo = new ScratchRepo(directory);
        ada = SigningKey.make(directory, "ada");
        mallory = SigningKey.make(directory, "mallory");
        start();
    }

    @AfterEach
    void close() {
        git.close();
    }

    private void start() {
        git =
                new JGitSource(
                        directory.resolve("copies"),
                        new JGitSource.Origin(repo.url(), null, new Credentials.None()),
                        FollowedRepo.QUICK,
                        () -> {});
        source = new VerifiedSource(git, new SigningRulesReader(), new OwnerKeys(owner));
    }

    private void restart() {
        git.close();
        start();
    }

    /** Writes an Instance with such rules, and who may sign. */
    private void rules(String verify, SigningKey... keys) {
        repo.write(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: {source: {verify: %s}}
                """
                        .formatted(verify));
        repo.write("keys/allowed_signers", lines(keys));
    }

    private static String lines(SigningKey... keys) {
        return Stream.of(keys).map(SigningKey::line).collect(Collectors.joining());
    }

    private void head(SigningKey... keys) {
        rules("{mode: head, allowedSigners: keys/allowed_signers}", keys);
    }

    private String signed(SigningKey key) {
        return repo.commitSignedAndPush(key, "change by " + key.name());
    }

    private void followed(String commit) {
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Fresh.class, it -> assertThat(it.revision().commit()).isEqualTo(commit));
    }

    /** The newest commit is not followed; all stays at another. */
    private String refused(String stays) {
        SourceReading reading = source.latestVerified();
        assertThat(reading).isInstanceOf(Stale.class);
        Stale stale = (Stale) reading;
        assertThat(stale.doubt().why()).isEqualTo(ReasonCode.SignatureInvalid);
        assertThat(stale.revision().commit()).isEqualTo(stays);
        assertThat(reading.answered()).isTrue();
        return stale.cause();
    }

    private String refusedAtFirst() {
        SourceReading reading = source.latestVerified();
        assertThat(reading).isInstanceOf(Unavailable.class);
        assertThat(((Unavailable) reading).doubt().why()).isEqualTo(ReasonCode.SignatureInvalid);
        return ((Unavailable) reading).cause();
    }

    @Test
    void latestVerified_noRules_followsEveryCommit() {
        rules("{}");
        followed(repo.commitAndPush("one"));
        followed(signed(mallory));
        followed(repo.commitAndPush("two"));
    }

    @Test
    void latestVerified_signedByAStranger_staysAndSaysWhoWhatAndWhatToDo() throws Exception {
        head(ada);
        String good = signed(ada);
        followed(good);
        repo.write("a", "evil");
        String bad = signed(mallory);

        String cause = refused(good);

        assertThat(cause)
                .contains("commit " + bad.substring(0, 12) + " by Ada Lovelace <ada@example.com>")
                .contains("SSH key SHA256:")
                .contains("not among those that may sign")
                .contains("All stays as commit " + good.substring(0, 12))
                .contains("git commit --amend --no-edit -S");
        assertThat(((Stale) source.latestVerified()).tree().entries("."))
                .extracting(ConfigTree.Entry::path)
                .doesNotContain("a");
        followed(signed(ada));
    }

    @Test
    void latestVerified_notSigned_stays() {
        head(ada);
        String good = signed(ada);
        followed(good);
        repo.commitAndPush("in a hurry");
        assertThat(refused(good)).contains("it is not signed");
        assertThat(refused(good)).contains("it is not signed");
    }

    @Test
    void latestVerified_strangerAddsHisKey_isNotLetIn() {
        head(ada);
        String good = signed(ada);
        followed(good);
        head(ada, mallory);
        signed(mallory);
        refused(good);
    }

    @Test
    void latestVerified_strangerSwitchesItOff_isNotLetIn() {
        head(ada);
        String good = signed(ada);
        followed(good);
        rules("{mode: off}");
        signed(mallory);
        refused(good);
        repo.commitAndPush("also not signed");
        refused(good);
    }

    @Test
    void latestVerified_signerSwitchesItOff_isFollowedAndSoIsAll() {
        head(ada);
        followed(signed(ada));
        rules("{mode: off}");
        followed(signed(ada));
        followed(repo.commitAndPush("not signed"));
    }

    @Test
    void latestVerified_firstCommit_mustSatisfyItsOwnRules() {
        head(ada);
        repo.commitAndPush("not signed");
        assertThat(refusedAtFirst()).contains("it is not signed").contains("nothing is deployed");
        signed(mallory);
        refusedAtFirst();
        followed(signed(ada));
    }

    @Test
    void latestVerified_rulesThatItsSignerDoesNotSatisfy_areRefused() {
        rules("{}");
        String before = repo.commitAndPush("no rules yet");
        followed(before);
        head(ada);
        repo.commitAndPush("switch it on");
        assertThat(refused(before))
                .contains("does not satisfy its own rules")
                .contains("it is not signed");
        repo.git("reset", "-q", "--soft", before);
        followed(signed(ada));
    }

    @Test
    void latestVerified_keyHandedOver_isFollowedInTwoSteps() {
        head(ada);
        followed(signed(ada));
        head(ada, mallory);
        followed(signed(ada));
        head(mallory);
        String last = signed(mallory);
        followed(last);
        signed(ada);
        refused(last);
    }

    @Test
    void latestVerified_rulesCantBeUnderstood_thoseBeforeCount() {
        head(ada);
        followed(signed(ada));
        repo.write("berth.yaml", "kind: [");
        String broken = signed(ada);
        followed(broken);
        restart();
        signed(mallory);
        refused(broken);
    }

    @Test
    void latestVerified_fileOfKeysIsMissing_theKeysBeforeCount() {
        head(ada);
        followed(signed(ada));
        repo.git("rm", "-q", "keys/allowed_signers");
        String gone = signed(ada);
        followed(gone);
        repo.commitAndPush("not signed");
        refused(gone);
    }

    @Test
    void latestVerified_restartWithABadCommit_staysAtTheLastGood() {
        head(ada);
        String good = signed(ada);
        followed(good);
        signed(mallory);
        refused(good);
        restart();
        refused(good);
    }

    @Test
    void latestVerified_badCommitCameWhileStopped_staysAtTheLastGood() {
        head(ada);
        String good = signed(ada);
        followed(good);
        git.close();
        rules("{mode: off}");
        signed(mallory);
        start();
        refused(good);
    }

    @Test
    void latestVerified_repoUnreachable_keepsTheLastGood() throws Exception {
        head(ada);
        String good = signed(ada);
        followed(good);
        Path gone = Files.move(repo.bare(), directory.resolve("gone.git"));
        restart();
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Stale.class,
                        it -> {
                            assertThat(it.revision().commit()).isEqualTo(good);
                            assertThat(it.doubt().why()).isEqualTo(ReasonCode.SourceUnavailable);
                        });
        assertThat(source.latestVerified().answered()).isFalse();
        Files.move(gone, repo.bare());
        signed(mallory);
        refused(good);
        Files.move(repo.bare(), gone);
        restart();
        refused(good);
    }

    @Test
    void latestVerified_branchRewoundToTheLastGood_isFollowed() {
        head(ada);
        String good = signed(ada);
        followed(good);
        signed(mallory);
        refused(good);
        repo.git("reset", "-q", "--hard", good);
        repo.git("push", "-q", "-f", "origin", "HEAD");
        followed(good);
    }

    @Test
    void latestVerified_copyDamagedAndMadeAnew_stillKnowsTheLastGood() throws Exception {
        head(ada);
        String good = signed(ada);
        followed(good);
        signed(mallory);
        refused(good);
        git.close();
        try (Stream<Path> files = Files.walk(directory.resolve("copies"))) {
            for (Path file : files.filter(f -> f.endsWith("HEAD")).toList()) {
                Files.writeString(file, "damage");
            }
        }
        start();
        SourceReading reading = source.latestVerified();
        assertThat(reading).isNotInstanceOf(Fresh.class);
        assertThat(reading.answered()).isTrue();
        followed(signed(ada));
    }

    /** Old rules do not come back with a branch that is moved back, nor keys taken out of them. */
    @Test
    void latestVerified_branchRewoundToBeforeAKeyWasTaken_keepsTheRules() {
        head(ada, mallory);
        String before = signed(ada);
        followed(before);
        head(ada);
        String without = signed(ada);
        followed(without);

        repo.git("reset", "-q", "--hard", before);
        repo.git("push", "-q", "-f", "origin", "HEAD");
        followed(before);
        repo.write("a", "evil");
        repo.commitSignedAndPush(mallory, "as I was allowed to once");

        assertThat(refused(before)).contains("not among those that may sign");
        restart();
        assertThat(refused(before)).contains("not among those that may sign");
    }

    @Test
    void latestVerified_whatWasFollowedCantBeKept_isKeptAtALaterLook() throws Exception {
        head(ada);
        followed(signed(ada));
        Path file = trustFiles().getFirst();
        Files.delete(file);
        Path blocker = Files.createDirectory(file);
        Files.writeString(blocker.resolve("x"), "in the way");
        String second = signed(ada);
        followed(second);
        Files.delete(blocker.resolve("x"));
        Files.delete(blocker);

        followed(second);

        assertThat(Files.readString(file)).contains(second);
    }

    /** Else the first after a restart would be another one, by rules of its own. */
    @Test
    void latestVerified_firstCommitWithRulesCantBeKept_isNotFollowedUntilItCan() throws Exception {
        head(ada);
        String first = signed(ada);
        followed(first);
        Path file = trustFiles().getFirst();
        git.close();
        Files.delete(file);
        Files.createDirectory(file.resolveSibling(file.getFileName() + ".tmp"));
        start();

        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        it -> assertThat(it.doubt().cause()).contains("can't be written"));
        Files.delete(file.resolveSibling(file.getFileName() + ".tmp"));

        followed(first);
        assertThat(Files.readString(file)).contains(first);
    }

    /** Else a restart would let the key in again that was taken out. */
    @Test
    void latestVerified_newRulesCantBeKept_areNotFollowedUntilTheyCan() throws Exception {
        head(ada, mallory);
        String first = signed(ada);
        followed(first);
        Path file = trustFiles().getFirst();
        Path blocker = Files.createDirectory(file.resolveSibling(file.getFileName() + ".tmp"));
        head(ada);
        String second = signed(ada);

        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Stale.class,
                        it -> {
                            assertThat(it.revision().commit()).isEqualTo(first);
                            assertThat(it.cause()).contains("can't be written");
                        });
        Files.delete(blocker);

        followed(second);
        restart();
        signed(mallory);
        assertThat(refused(second)).contains("not among those that may sign");
    }

    @Test
    void latestVerified_ownersKeys_countInsteadOfTheRepos() {
        own(ada);
        rules("{mode: off}");
        repo.commitAndPush("not signed");
        refusedAtFirst();
        head(mallory);
        signed(mallory);
        refusedAtFirst();
        String good = signed(ada);
        followed(good);
        signed(mallory);
        refused(good);
    }

    @Test
    void latestVerified_ownerAddsAKey_itCountsAtOnce() {
        own(ada);
        rules("{}");
        String good = signed(ada);
        followed(good);
        String other = signed(mallory);
        refused(good);
        own(ada, mallory);
        followed(other);
    }

    @Test
    void latestVerified_ownersListIsEmpty_nobodyMaySign() {
        own();
        rules("{}");
        signed(ada);
        refusedAtFirst();
    }

    @Test
    void latestVerified_ownersListCantBeRead_nothingIsFollowed() throws Exception {
        rules("{}");
        String good = repo.commitAndPush("before");
        followed(good);
        Files.createDirectories(owner.resolve("allowed_signers"));
        repo.commitAndPush("after");
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Stale.class,
                        it -> {
                            assertThat(it.revision().commit()).isEqualTo(good);
                            assertThat(it.cause()).contains("can't be read").contains("keys");
                        });
    }

    @Test
    void latestVerified_ownersGpgKey_counts() throws Exception {
        Files.createDirectories(owner.resolve("gpg"));
        Files.writeString(owner.resolve("gpg/ada.asc"), CommitVerifierTest.fixture("gpg-ada.asc"));
        rules("{}");
        signed(ada);
        assertThat(refusedAtFirst()).contains("SSH key");
    }

    @Test
    void latestVerified_whatWasFollowedCantBeRead_trustsNothing() throws Exception {
        head(ada);
        followed(signed(ada));
        rules("{mode: off}");
        repo.commitAndPush("not signed");
        git.close();
        List<Path> kept = trustFiles();
        assertThat(kept).hasSize(1);
        Files.writeString(kept.getFirst(), "{");
        start();
        assertThat(source.latestVerified())
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        it ->
                                assertThat(it.cause())
                                        .contains("who may sign")
                                        .contains("remove it"));
    }

    private List<Path> trustFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("copies"))) {
            return files.filter(f -> f.toString().endsWith("verified.json")).toList();
        }
    }

    private void own(SigningKey... keys) {
        try {
            Files.createDirectories(owner);
            Files.writeString(owner.resolve("allowed_signers"), lines(keys));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
