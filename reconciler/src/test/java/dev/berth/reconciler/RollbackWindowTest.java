package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ReleaseStatus;
import dev.berth.schemas.status.ResourceStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails soon after it has taken over is gone back from, from commit to status. */
final class RollbackWindowTest {
    private static final ResourceId SHOP = ResourceId.app("shop");

    @TempDir Path directory = Path.of("");
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private Spine spine = new Spine(Path.of(""));
    private Reconciler control = spine.reconciler;
    private int commits;

    @BeforeEach
    void anEngine() {
        spine = new Spine(directory, clock);
        control = spine.reconciler;
        spine.engine.withImages("shop:1", "shop:2", "shop:3", "blog:1");
    }

    private PassReport commit(String image, String more) throws InterruptedException {
        commits++;
        spine.commit(commits, "{image: '%s', port: 80%s}".formatted(image, more));
        return pass();
    }

    private PassReport pass() throws InterruptedException {
        return control.reconcile(new Trigger.Poll());
    }

    /** The second of two releases serves, and a pass has seen it. */
    private PassReport upgraded(String more) throws InterruptedException {
        commit("shop:1", more);
        pass();
        commit("shop:2", more);
        PassReport seen = pass();
        assertThat(condition(seen, ConditionType.Ready)).isEqualTo("True Succeeded");
        return seen;
    }

    private void crash(String image, int times) throws ReconcileException {
        for (ContainerView container : spine.engine.containers("home")) {
            if (Objects.requireNonNull(container.template()).image().equals(image)) {
                for (int i = 0; i < times; i++) {
                    spine.engine.byHand().crash(container.name(), 3);
                }
            }
        }
    }

    private static ResourceStatus status(PassReport report, ResourceId id) {
        return report.resources().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    }

    private static String condition(PassReport report, ConditionType type) {
        Condition condition = status(report, SHOP).condition(type);
        return condition == null ? "none" : condition.status() + " " + condition.reason();
    }

    private static String message(PassReport report) {
        return Objects.requireNonNull(status(report, SHOP).condition(ConditionType.Ready))
                .message();
    }

    private List<String> running() throws ReconcileException {
        return spine.engine.containers("home").stream()
                .filter(c -> c.owner().equals(SHOP))
                .filter(ContainerView::running)
                .map(c -> Objects.requireNonNull(c.template()).image())
                .toList();
    }

    /** Images that requests are answered by. */
    private List<String> served() throws ReconcileException {
        List<String> serving =
                spine.traffic.table().ownedBy(SHOP).stream()
                        .flatMap(route -> route.backends().stream())
                        .map(backend -> backend.container())
                        .toList();
        return spine.engine.containers("home").stream()
                .filter(c -> serving.contains(c.id().shortId()))
                .map(c -> Objects.requireNonNull(c.template()).image())
                .toList();
    }

    private String ledger() throws Exception {
        return Files.readString(directory.resolve("releases/shop.json"));
    }

    private void assertNothingMoreIsDone() throws Exception {
        int writes = spine.engine.writeCount();
        String ledger = ledger();
        PassReport again = pass();
        PassReport andAgain = pass();
        assertThat(again.changes()).isEmpty();
        assertThat(andAgain.plan()).isEqualTo(again.plan());
        assertThat(spine.engine.writeCount()).isEqualTo(writes);
        assertThat(ledger()).isEqualTo(ledger);
    }

    private void assertStays(PassReport report) throws Exception {
        assertThat(condition(report, ConditionType.Ready)).isEqualTo("True Succeeded");
        assertThat(running()).containsExactly("shop:2");
        assertThat(report.changes()).isEmpty();
    }

    private void assertIsOnlyTold(PassReport report) throws Exception {
        assertStays(report);
        assertThat(condition(report, ConditionType.Healthy)).isEqualTo("False Flapping");
    }

    @Test
    void reconcile_keepsExitingWithinTheWindow_theReleaseBeforeServesAgain() throws Exception {
        PassReport before = upgraded("");
        String first = before.releases().get(1).id();
        String second = before.releases().getFirst().id();
        crash("shop:2", 5);

        PassReport back = pass();

        assertThat(running()).containsExactly("shop:1");
        assertThat(served()).containsExactly("shop:1");
        assertThat(condition(back, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(condition(back, ConditionType.Stalled)).isEqualTo("True Flapping");
        assertThat(condition(back, ConditionType.Healthy)).isEqualTo("none");
        assertThat(message(back))
                .startsWith(
                        "release %s failed after it had taken over, release %s serves again: "
                                .formatted(second, first))
                .contains("keeps exiting: the engine restarted it 5 times", "web wrote nothing");
        assertThat(status(back, SHOP).history().getFirst())
                .returns(Attempt.Outcome.RolledBack, Attempt::outcome)
                .returns(first, Attempt::release);
        assertThat(back.releases())
                .filteredOn(ReleaseStatus::wanted)
                .extracting(ReleaseStatus::id)
                .containsExactly(first);
        PassReport later = pass(); // it is seen to be there
        assertNothingMoreIsDone();
        assertThat(condition(later, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(status(later, SHOP).appliedRevision())
                .as("that of what serves")
                .endsWith("0001");
        assertThat(status(later, SHOP).generation())
                .as("of what is declared")
                .isEqualTo(status(before, SHOP).generation());
    }

    @Test
    void reconcile_lastWordsOfTheRelease_areInTheMessage() throws Exception {
        upgraded("");
        commit("shop:3", ", command: [sh, -c, 'echo no database; sleep infinity']");
        pass();
        crash("shop:3", 5);

        assertThat(message(pass())).contains("last 1 lines of web:\n  no database");
    }

    @Test
    void reconcile_keepsExitingAfterTheWindow_isOnlyTold() throws Exception {
        upgraded("");
        clock.pass(Duration.ofMinutes(6));
        crash("shop:2", 5);

        assertIsOnlyTold(pass());
    }

    @Test
    void reconcile_clockIsSetBackBeforeTheSwitch_isOnlyTold() throws Exception {
        upgraded("");
        clock.set(Duration.ofDays(-1));
        crash("shop:2", 5);

        assertStays(pass());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ", rollout: {rollbackWindow: 0s}",
                ", rollout: {keepReleases: 1}",
                ", rollout: {strategy: recreate}",
                ", release: {command: ['true']}"
            })
    void reconcile_mayNotGoBack_isOnlyTold(String more) throws Exception {
        upgraded(more);
        crash("shop:2", 5);

        assertIsOnlyTold(pass());
    }

    @Test
    void reconcile_releaseCommandAndTheWindowGiven_goesBackWithoutRunningIt() throws Exception {
        upgraded(", release: {command: ['true']}, rollout: {rollbackWindow: 1m}");
        int runs = spine.engine.writes().getOrDefault(EngineCall.CREATE_RUN, 0);
        assertThat(runs).isEqualTo(2);
        crash("shop:2", 5);

        pass();

        assertThat(running()).containsExactly("shop:1");
        assertThat(spine.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(runs);
    }

    @Test
    void reconcile_firstRelease_isOnlyTold() throws Exception {
        commit("shop:1", "");
        pass();
        crash("shop:1", 5);

        assertThat(condition(pass(), ConditionType.Healthy)).isEqualTo("False Flapping");
        assertThat(running()).containsExactly("shop:1");
    }

    @Test
    void reconcile_theOneBeforeWasScaledToNothing_isOnlyTold() throws Exception {
        commit("shop:1", ", replicas: 0");
        pass();
        commit("shop:2", "");
        pass();
        crash("shop:2", 5);

        PassReport told = pass();

        assertThat(condition(told, ConditionType.Healthy)).isEqualTo("False Flapping");
        assertThat(running()).containsExactly("shop:2");
        assertThat(told.releases()).hasSize(1);
    }

    @Test
    void reconcile_pinned_isOnlyTold() throws Exception {
        String first = upgraded("").releases().get(1).id();
        commit("shop:2", ", pin: '%s'".formatted(first));
        pass();
        crash("shop:1", 5);

        PassReport report = pass();

        assertThat(condition(report, ConditionType.Ready)).isEqualTo("True Succeeded");
        assertThat(running()).containsExactly("shop:1");
    }

    @Test
    void reconcile_appWithAVolumeThatRunsTwice_goesBack() throws Exception {
        upgraded(", volumes: [{name: data, path: /data}]");
        crash("shop:2", 5);
        pass();

        assertThat(running()).containsExactly("shop:1");
    }

    @Test
    void reconcile_healthcheckOfItsImageBeginsToFail_goesBack() throws Exception {
        upgraded("");
        spine.engine.byHand().fallIll(spine.engine.containers("home").getFirst().name());

        PassReport back = pass();

        assertThat(running()).containsExactly("shop:1");
        assertThat(condition(back, ConditionType.Stalled)).isEqualTo("True HealthCheckFailed");
        assertThat(message(back)).contains("the HEALTHCHECK of its image fails in berth_home_shop");
    }

    /** It may fail in every release: nobody waits for it. */
    @Test
    void reconcile_healthcheckOfTheImageThatIsNotTheAppsFails_isOnlyTold() throws Exception {
        upgraded(", healthcheck: {path: /ok}");
        spine.engine.byHand().fallIll(spine.engine.containers("home").getFirst().name());

        PassReport report = pass();

        assertStays(report);
        assertThat(condition(report, ConditionType.Healthy)).isEqualTo("False HealthCheckFailed");
    }

    @Test
    void reconcile_oneOfSeveralReplicasExits_goesBackOnceItCantBeRepaired() throws Exception {
        spine = new Spine(directory); // one that tries again at once
        control = spine.reconciler;
        spine.engine.withImages("shop:1", "shop:2");
        upgraded(", replicas: 2");
        spine.engine.withImage("shop:2", new ImageBehaviour.Exits(3, List.of("no database")));
        spine.engine.byHand().remove(spine.engine.containers("home").getFirst().name());

        PassReport once = pass();
        assertThat(condition(once, ConditionType.Ready)).isEqualTo("False StartFailed");
        assertThat(running()).as("it may have been disturbed").containsExactly("shop:2");
        pass();
        PassReport back = pass();

        assertThat(running()).containsExactly("shop:1", "shop:1");
        assertThat(condition(back, ConditionType.Stalled)).isEqualTo("True StartFailed");
        assertThat(message(back)).contains("no database");
    }

    @Test
    void reconcile_fellBeforeAnyPassSawItReady_goesBack() throws Exception {
        commit("shop:1", "");
        pass();
        String before = ledger();
        commit("shop:2", "");
        Files.writeString(directory.resolve("releases/shop.json"), before);
        control = spine.restart();
        crash("shop:2", 5);

        pass();

        assertThat(running()).containsExactly("shop:1");
    }

    @Test
    void reconcile_longServingReleaseThatNobodySawReady_isOnlyTold() throws Exception {
        commit("shop:1", "");
        pass();
        String before = ledger();
        commit("shop:2", "");
        Files.writeString(directory.resolve("releases/shop.json"), before);
        control = spine.restart();
        clock.pass(Duration.ofMinutes(6));
        crash("shop:2", 5);

        pass();

        assertThat(running()).containsExactly("shop:2");
    }

    @Test
    void reconcile_unrelatedCommit_leavesItThere() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();
        spine.file("notes.txt", "nothing to do with it");

        PassReport report = commit("shop:2", "");

        assertThat(condition(report, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(running()).containsExactly("shop:1");
        assertThat(report.changes()).isEmpty();
    }

    @Test
    void reconcile_newSpec_isFollowed() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();

        PassReport mended = commit("shop:3", "");

        assertThat(condition(mended, ConditionType.Ready)).isEqualTo("True Succeeded");
        assertThat(condition(mended, ConditionType.Stalled)).isEqualTo("none");
        assertThat(running()).containsExactly("shop:3");
        assertThat(mended.releases().getFirst().image()).isEqualTo("shop:3");
        crash("shop:3", 5);
        pass();
        assertThat(running()).as("what served, not what failed").containsExactly("shop:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {", restartedAt: '2026-11-22T08:00:00Z'", ", rollout: {rollbackWindow: 0s}"})
    void reconcile_askedToTryItAgain_does(String more) throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();

        PassReport again = commit("shop:2", more);

        assertThat(condition(again, ConditionType.Ready)).isEqualTo("True Succeeded");
        assertThat(running()).containsExactly("shop:2");
        assertThat(ledger()).doesNotContain("wentBack");
    }

    @Test
    void reconcile_theReleaseBeforeFallsToo_nothingGoesForthAndBack() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();
        pass();

        crash("shop:1", 6);
        PassReport report = pass();

        assertThat(running()).containsExactly("shop:1");
        assertThat(condition(report, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(condition(report, ConditionType.Healthy)).isEqualTo("False Flapping");
        assertNothingMoreIsDone();
    }

    @Test
    void reconcile_theReleaseBeforeDoesNotStart_theNewOneIsLeftAsItIs() throws Exception {
        upgraded("");
        spine.engine.withImage("shop:1", new ImageBehaviour.Exits(1, List.of("no database")));
        crash("shop:2", 5);

        PassReport tried = pass();
        assertThat(served()).containsExactly("shop:2");
        assertThat(condition(tried, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(message(tried)).contains("is to serve again (", "exit");
        assertThat(status(tried, SHOP).history().getFirst().outcome())
                .isEqualTo(Attempt.Outcome.Failed);

        PassReport left = pass();
        assertThat(running()).containsExactly("shop:2");
        assertThat(condition(left, ConditionType.Ready)).isEqualTo("True Succeeded");
        assertThat(Objects.requireNonNull(status(left, SHOP).condition(ConditionType.Healthy)))
                .returns(Status.False, Condition::status)
                .extracting(Condition::message)
                .asString()
                .contains("which was to serve again, failed too: ");
        assertNothingMoreIsDone();
        clock.pass(Duration.ofMinutes(11));
        assertThat(condition(pass(), ConditionType.Healthy)).as("it recovered").isEqualTo("none");
    }

    @Test
    void reconcile_theEngineFailsOnTheWay_goesOnLater() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        spine.engine
                .faults()
                .failNext(
                        EngineCall.CREATE,
                        new ReconcileException.Transient(
                                ReasonCode.EngineUnavailable, "connection refused"));

        PassReport tried = pass();
        assertThat(served()).containsExactly("shop:2");
        assertThat(condition(tried, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(condition(tried, ConditionType.Reconciling)).isEqualTo("True EngineUnavailable");
        assertThat(condition(tried, ConditionType.Stalled)).isEqualTo("none");

        control = spine.restart();
        crash("shop:2", 5);
        assertThat(condition(pass(), ConditionType.Stalled)).isEqualTo("True Flapping");
        assertThat(running()).containsExactly("shop:1");
    }

    @Test
    void reconcile_restartedAfterwards_staysThere() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();
        int writes = spine.engine.writeCount();

        control = spine.restart();
        PassReport report = pass();

        assertThat(running()).containsExactly("shop:1");
        assertThat(condition(report, ConditionType.Ready)).isEqualTo("False RolledBack");
        assertThat(message(report)).contains("restarted it 5 times");
        assertThat(spine.engine.writeCount()).isEqualTo(writes);
    }

    /** Of what it went back from nothing stands in the engine: it costs one more try. */
    @Test
    void reconcile_homeLostAfterwards_triesOnceMoreAndGoesBackAgain() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();
        Files.delete(directory.resolve("releases/shop.json"));
        control = spine.restart();

        pass();
        assertThat(running()).containsExactly("shop:2");
        pass();
        crash("shop:2", 5);
        pass();

        assertThat(running()).containsExactly("shop:1");
    }

    @Test
    void reconcile_whatNeedsIt_waitsForANewSpec() throws Exception {
        upgraded("");
        crash("shop:2", 5);
        pass();
        spine.file(
                "blog.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: blog}
                spec: {image: 'blog:1', dependsOn: [{kind: App, name: shop}]}
                """);

        PassReport waits = commit("shop:2", "");
        Condition ready =
                Objects.requireNonNull(
                        status(waits, ResourceId.app("blog")).condition(ConditionType.Ready));
        assertThat(ready.reason()).isEqualTo(ReasonCode.DependencyNotReady);
        assertThat(ready.message()).contains("went back to an earlier release");

        commit("shop:3", "");
        pass();
        assertThat(spine.engine.containers("home"))
                .anyMatch(c -> c.owner().equals(ResourceId.app("blog")));
    }
}
