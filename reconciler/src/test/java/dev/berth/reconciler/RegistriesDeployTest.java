package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeRegistry;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Private registries through whole passes. */
final class RegistriesDeployTest {
    private static final String HOST = "registry.example.com";
    private static final String PRIVATE = "{image: 'registry.example.com/team/shop:1', port: 80}";
    private static final String LOGIN =
            "registries: [{host: registry.example.com, username: ci, password: {fromSecret:"
                    + " registry.word}}]";
    private static final String PUSHES = "builds: {registry: registry.example.com/team}";

    @TempDir Path directory = Path.of("");
    private final AgeKeys keys = Sealing.newKeys();
    private final FakeRegistry registry = new FakeRegistry().needing(HOST, "ci", "right-word");
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
        spine.engine.at(registry).withImages("busybox:1");
        spine.engine.withRegistryImage("registry.example.com/team/shop:1", runs());
    }

    private static ImageBehaviour runs() {
        return new ImageBehaviour.Runs();
    }

    private void password(String word) {
        spine.file(
                "registry.yaml",
                Sealing.sealed(
                        """
                        apiVersion: berth/v1
                        kind: Secret
                        metadata: {name: registry}
                        data:
                          word: %s
                        """
                                .formatted(word),
                        keys));
    }

    private PassReport pass(int commit, String instance, String app) throws Exception {
        spine.commit(commit, instance, app);
        return spine.reconciler.reconcile(new Trigger.Poll());
    }

    private static Condition ready(PassReport report) {
        return Objects.requireNonNull(
                report.resources().stream()
                        .filter(status -> status.id().equals(ResourceId.app("shop")))
                        .findFirst()
                        .orElseThrow()
                        .condition(ConditionType.Ready));
    }

    @Test
    void pass_wrongLogin_isStalledUntilItIsMended() throws Exception {
        password("wrong-word");
        Condition refused = ready(pass(1, "{" + LOGIN + "}", PRIVATE));
        assertThat(refused.reason()).isEqualTo(ReasonCode.PullFailed);
        assertThat(refused.message())
                .contains(HOST + " was asked as ci: mend the login in spec.registries")
                .contains("Secret registry.word")
                .doesNotContain("wrong-word");
        spine.engine.forgetCalls();
        pass(2, "{" + LOGIN + "}", PRIVATE);
        assertThat(spine.engine.writes()).doesNotContainKey(EngineCall.PULL);

        password("right-word");
        PassReport report = pass(3, "{" + LOGIN + "}", PRIVATE);

        assertThat(ready(report).status()).isEqualTo(Condition.Status.True);
        assertThat(report.toString()).doesNotContain("right-word");
    }

    @Test
    void pass_changedLogin_startsNoRelease() throws Exception {
        password("right-word");
        pass(1, "{" + LOGIN + "}", PRIVATE);
        List<ContainerView> before = spine.engine.containers("home");
        assertThat(before).isNotEmpty();
        spine.engine.forgetCalls();

        password("other-word");
        PassReport report = pass(2, "{" + LOGIN + "}", PRIVATE);

        assertThat(report.changes()).isEmpty();
        assertThat(spine.engine.writeCount()).isZero();
        assertThat(spine.engine.containers("home")).isEqualTo(before);
    }

    private PassReport passOfSource(int commit, String text) throws Exception {
        spine.file("web/Dockerfile", "FROM busybox:1\nRUN echo " + text + "\n");
        return pass(commit, "{" + LOGIN + ", " + PUSHES + "}", "{source: {path: web}, port: 80}");
    }

    @Test
    void pass_built_isPushedOnceAndServes() throws Exception {
        password("right-word");

        assertThat(ready(passOfSource(1, "one")).status()).isEqualTo(Condition.Status.True);
        assertThat(spine.engine.writes())
                .containsEntry(EngineCall.BUILD, 1)
                .containsEntry(EngineCall.PUSH, 1);
        assertThat(registry.names())
                .anyMatch(name -> name.matches(HOST + "/team/shop:[0-9a-f]{12}"))
                .anyMatch(name -> name.startsWith(HOST + "/team/shop@sha256:"));
        spine.engine.forgetCalls();
        assertThat(passOfSource(2, "one").changes()).isEmpty();
        assertThat(spine.engine.writeCount()).isZero();
    }

    @Test
    void pass_pushFails_theReleaseBeforeServesAndNothingIsBuiltAgain() throws Exception {
        password("right-word");
        passOfSource(1, "one");
        List<ContainerView> before = spine.engine.containers("home");
        registry.down(true);
        spine.engine.forgetCalls();

        Condition held = ready(passOfSource(2, "two"));

        assertThat(held.reason()).isEqualTo(ReasonCode.PushFailed);
        assertThat(spine.engine.containers("home")).isEqualTo(before);
        registry.down(false);
        assertThat(ready(passOfSource(3, "two")).status()).isEqualTo(Condition.Status.True);
        assertThat(spine.engine.writes())
                .containsEntry(EngineCall.BUILD, 1)
                .containsEntry(EngineCall.PUSH, 2);
        assertThat(spine.engine.containers("home")).doesNotContainAnyElementsOf(before);
    }

    @Test
    void pass_pushIsRefused_isStalledUntilTheLoginIsMended() throws Exception {
        password("wrong-word");

        Condition refused = ready(passOfSource(1, "one"));

        assertThat(refused.reason()).isEqualTo(ReasonCode.PushFailed);
        assertThat(refused.message()).contains(HOST + " was asked as ci");
        password("right-word");
        assertThat(ready(passOfSource(2, "one")).status()).isEqualTo(Condition.Status.True);
        assertThat(spine.engine.writes()).containsEntry(EngineCall.BUILD, 1);
    }
}
