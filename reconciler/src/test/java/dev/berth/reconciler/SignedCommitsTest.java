package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.source.Credentials;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.OwnerKeys;
import dev.berth.reconciler.source.ScratchRepo;
import dev.berth.reconciler.source.SigningKey;
import dev.berth.reconciler.source.VerifiedSource;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pass over a real repo: what a stranger's commit does, and what follows it. */
final class SignedCommitsTest {
    @TempDir Path directory;
    private ScratchRepo repo;
    private SigningKey ada;
    private SigningKey mallory;
    private JGitSource git;
    private Spine spine;

    @BeforeEach
    void open() {
        repo = new ScratchRepo(directory);
        ada = SigningKey.make(directory, "ada");
        mallory = SigningKey.make(directory, "mallory");
        git =
                new JGitSource(
                        directory.resolve("copies"),
                        new JGitSource.Origin(repo.url(), null, new Credentials.None()),
                        Deadlines.STANDARD,
                        () -> {});
        spine =
                new Spine(
                        directory.resolve("spine"),
                        (interval, _) -> interval,
                        new VerifiedSource(
                                git,
                                new SigningRulesReader(),
                                new OwnerKeys(directory.resolve("keys"))));
        spine.engine.withImages("shop:1", "shop:2", "evil:1");
        repo.write(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: {source: {verify: {mode: head, allowedSigners: signers}}}
                """);
        repo.write("signers", ada.line());
    }

    @AfterEach
    void close() {
        git.close();
    }

    private void app(String image) {
        repo.write(
                "shop.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: shop}\nspec: {image: '%s', port: 80}\n"
                        .formatted(image));
    }

    private PassReport pass() throws InterruptedException {
        return spine.reconciler.reconcile(new Trigger.Poll());
    }

    private List<String> containers() throws Exception {
        return spine.engine.containers("home").stream().map(ContainerView::name).toList();
    }

    private static Condition condition(PassReport report, ConditionType type) {
        ResourceStatus instance =
                report.resources().stream()
                        .filter(r -> r.id().kind() == Kind.Instance)
                        .findFirst()
                        .orElseThrow();
        return Objects.requireNonNull(instance.condition(type));
    }

    @Test
    void reconcile_commitOfAStranger_changesNothingAndTheNextGoodOneIsDeployed() throws Exception {
        app("shop:1");
        String good = repo.commitSignedAndPush(ada, "one");
        PassReport before = pass();
        assertThat(condition(before, ConditionType.SourceVerified).status())
                .isEqualTo(Condition.Status.True);
        List<String> running = containers();
        int writes = spine.engine.writeCount();

        app("evil:1");
        repo.write(
                "more.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: more}\nspec: {image: 'evil:1', port: 80}\n");
        String bad = repo.commitSignedAndPush(mallory, "two");
        PassReport refused = pass();

        assertThat(containers()).isEqualTo(running);
        assertThat(spine.engine.writeCount()).isEqualTo(writes);
        assertThat(refused.changes()).isEmpty();
        assertThat(refused.revision()).contains(good);
        assertThat(condition(refused, ConditionType.SourceVerified))
                .returns(Condition.Status.False, Condition::status)
                .returns(ReasonCode.SignatureInvalid, Condition::reason)
                .extracting(Condition::message)
                .asString()
                .contains(bad.substring(0, 12))
                .contains("may sign");
        assertThat(condition(refused, ConditionType.Ready))
                .returns(Condition.Status.False, Condition::status)
                .returns(ReasonCode.SignatureInvalid, Condition::reason);
        assertThat(refused.resources())
                .filteredOn(r -> r.id().kind() == Kind.App)
                .singleElement()
                .satisfies(
                        shop ->
                                assertThat(
                                                Objects.requireNonNull(
                                                                shop.condition(ConditionType.Ready))
                                                        .status())
                                        .isEqualTo(Condition.Status.True));

        repo.git("reset", "-q", "--hard", good);
        app("shop:2");
        repo.commitSignedAndPush(ada, "three");
        PassReport after = pass();

        assertThat(condition(after, ConditionType.SourceVerified).status())
                .isEqualTo(Condition.Status.True);
        assertThat(containers()).isNotEqualTo(running);
    }

    @Test
    void reconcile_driftWhileACommitIsRefused_isStillRepaired() throws Exception {
        app("shop:1");
        repo.commitSignedAndPush(ada, "one");
        pass();
        repo.commitSignedAndPush(mallory, "two");
        pass();
        spine.engine.byHand().remove(spine.engine.containers("home").getFirst().name());
        assertThat(containers()).isEmpty();

        pass();

        assertThat(containers()).hasSize(1);
    }

    @Test
    void reconcile_firstCommitNotSigned_deploysNothing() throws Exception {
        app("shop:1");
        repo.commitAndPush("one");
        PassReport report = pass();

        assertThat(containers()).isEmpty();
        assertThat(condition(report, ConditionType.SourceVerified).reason())
                .isEqualTo(ReasonCode.SignatureInvalid);
        assertThat(report.plan()).contains("it is not signed");
    }
}
