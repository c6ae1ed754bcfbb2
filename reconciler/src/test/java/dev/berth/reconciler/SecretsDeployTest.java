package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ReleaseStatus;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets through whole passes: who is deployed, when, and with what. */
final class SecretsDeployTest {
    private static final String SHOP =
            "{image: 'shop:1', port: 80, env: {TOKEN: {fromSecret: api.token}}, secrets: [{secret:"
                    + " api, key: pem}]}";
    private static final String OTHER =
            """
            apiVersion: berth/v1
            kind: App
            metadata: {name: other}
            spec: {image: 'shop:1', port: 80}
            """;

    @TempDir Path directory = Path.of("");
    private final AgeKeys keys = Sealing.newKeys();
    private Spine spine = new Spine(directory);

    @BeforeEach
    void start() {
        spine =
                new Spine(
                        directory,
                        (interval, _) -> interval,
                        LastGood.none(),
                        () -> keys,
                        Vault.ofThisProcess(InstantSource.system()));
        spine.engine.withImages("shop:1");
        spine.file("other.yaml", OTHER);
    }

    private String secretOf(String token) {
        return Sealing.sealed(
                """
                apiVersion: berth/v1
                kind: Secret
                metadata: {name: api}
                data:
                  token: %s
                  pem: file-1
                """
                        .formatted(token),
                keys);
    }

    private PassReport pass(int commit, String token) throws Exception {
        spine.file("api.yaml", secretOf(token));
        spine.commit(commit, SHOP);
        return spine.reconciler.reconcile(new Trigger.Poll());
    }

    private SortedMap<String, String> given() throws ReconcileException {
        SortedMap<String, String> given = new TreeMap<>();
        for (ContainerView container : spine.engine.containers("home")) {
            given.putAll(spine.engine.secretsOf(container.name()));
        }
        return given;
    }

    private List<ContainerView> containersOf(String app) throws ReconcileException {
        return spine.engine.containers("home").stream()
                .filter(c -> c.owner().name().equals(app))
                .toList();
    }

    @Test
    void pass_valueChanged_redeploysItsUsersOnlyAndSaysWhy() throws Exception {
        pass(1, "token-1");
        List<ContainerView> shop = containersOf("shop");
        List<ContainerView> other = containersOf("other");
        assertThat(given()).containsEntry("TOKEN", "token-1");

        PassReport report = pass(2, "token-2");

        assertThat(report.plan()).contains("secret changed: api.token (env.TOKEN)");
        assertThat(given()).containsEntry("TOKEN", "token-2");
        assertThat(containersOf("shop")).doesNotContainAnyElementsOf(shop);
        assertThat(containersOf("other")).isEqualTo(other);
    }

    @Test
    void pass_releaseCommand_hasTheValuesAndTellsThemToNobody() throws Exception {
        spine.file("api.yaml", secretOf("token-1"));
        spine.commit(1, shopReleasedBy("[sh, -c, 'echo token-1; exit 3']"));

        PassReport report = spine.reconciler.reconcile(new Trigger.Poll());

        RunView run = spine.engine.runs("home").getFirst();
        assertThat(spine.engine.secretsOf(run.name()))
                .containsEntry("TOKEN", "token-1")
                .containsEntry("/run/secrets/pem", "file-1");
        assertThat(report.toString())
                .contains("ended with code 3", "***")
                .doesNotContain("token-1");
    }

    private static String shopReleasedBy(String command) {
        return SHOP.substring(0, SHOP.length() - 1) + ", release: {command: " + command + "}}";
    }

    @Test
    void pass_sealedAnewWithTheSameValue_changesNothing() throws Exception {
        pass(1, "token-1");
        spine.engine.forgetCalls();

        PassReport report = pass(2, "token-1");

        assertThat(report.changes()).isEmpty();
        assertThat(spine.engine.writeCount()).isZero();
    }

    @Test
    void pass_crashBetweenCreateAndFiles_theNextGivesThemBeforeTheStart() throws Exception {
        spine.engine
                .faults()
                .failNext(
                        EngineCall.PUT_FILES,
                        new ReconcileException.Transient(
                                ReasonCode.EngineUnavailable, "the engine went away"));
        pass(1, "token-1");
        assertThat(given()).doesNotContainKey("/run/secrets/pem");
        spine.engine.forgetCalls();

        spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(given()).containsEntry("/run/secrets/pem", "file-1");
        assertThat(spine.engine.journal())
                .extracting(e -> e.call())
                .containsSubsequence(EngineCall.PUT_FILES, EngineCall.START);
        assertThat(containersOf("shop")).singleElement().matches(ContainerView::running);
    }

    @Test
    void pass_pinnedToAReleaseWhoseSecretIsGone_isHeldAndToldAndWhatServesGoesOn()
            throws Exception {
        String first = shopReleases(pass(1, "token-1")).getFirst().id();
        String plain = "{image: 'shop:1', port: 80, rollout: {strategy: recreate}%s}";
        spine.file("api.yaml", "# gone\n");
        spine.commit(2, plain.formatted(""));
        spine.reconciler.reconcile(new Trigger.Poll());
        List<ContainerView> shop = containersOf("shop");

        spine.commit(3, plain.formatted(", pin: '" + first + "'"));
        PassReport report = spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(containersOf("shop")).isEqualTo(shop).allMatch(ContainerView::running);
        Condition ready =
                report.resources().stream()
                        .filter(status -> status.id().equals(ResourceId.app("shop")))
                        .map(status -> status.condition(ConditionType.Ready))
                        .findFirst()
                        .orElseThrow();
        assertThat(ready.status()).isEqualTo(Condition.Status.False);
        assertThat(ready.reason()).isEqualTo(ReasonCode.UnknownRelease);
        assertThat(ready.message()).contains("needs what is no longer there: api.pem, api.token");
    }

    @Test
    void pass_pinnedAndTheSecretRotated_goesBackWithTheNewValueAndSaysWhatIsWanted()
            throws Exception {
        String first = shopReleases(pass(1, "token-1")).getFirst().id();
        spine.commit(2, "{image: 'shop:1', port: 80}");
        spine.reconciler.reconcile(new Trigger.Poll());
        spine.file("api.yaml", secretOf("token-2"));
        spine.commit(3, "{image: 'shop:1', port: 80, pin: '" + first + "'}");

        PassReport report = spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(given()).containsEntry("TOKEN", "token-2");
        assertThat(shopReleases(report))
                .filteredOn(ReleaseStatus::wanted)
                .extracting(ReleaseStatus::id)
                .containsExactly(first);
    }

    private static List<ReleaseStatus> shopReleases(PassReport report) {
        return report.releases().stream()
                .filter(release -> release.app().equals(ResourceId.app("shop")))
                .toList();
    }

    @Test
    void pass_secretRemovedWhileUsed_isAMistakeAndTheAppGoesOn() throws Exception {
        pass(1, "token-1");
        List<ContainerView> shop = containersOf("shop");
        spine.file("api.yaml", "# moved\n");
        spine.commit(2, SHOP);

        PassReport report = spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(report.problems()).anyMatch(p -> p.contains("there is no Secret api"));
        assertThat(containersOf("shop")).isEqualTo(shop);
    }
}
