package dev.berth.reconciler.notify;

import static dev.berth.reconciler.notify.Samples.SHOP;
import static dev.berth.reconciler.notify.Samples.slack;
import static dev.berth.reconciler.notify.Samples.watch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.converge.Outcomes;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Scene;
import dev.berth.reconciler.status.PassInput;
import dev.berth.reconciler.status.StatusDeriver;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is told of statuses as passes derive them. */
final class DerivedAlertsTest {
    private static final Duration TOOK = Duration.ofSeconds(2);

    private Instant now = Scene.NOW;
    private Map<ResourceId, ResourceStatus> before = Map.of();
    private Told told = Told.NOTHING;

    @ParameterizedTest
    @EnumSource(
            names = {
                "BuildFailed",
                "PullFailed",
                "StartFailed",
                "HealthCheckFailed",
                "ReleaseCommandFailed"
            })
    void plan_releaseGivenUpWhileAnOlderOneServes_isToldByItsReason(ReasonCode reason) {
        PassReport report = rolledBack(reason);
        assertThat(ready(report)).isEqualTo(ReasonCode.RolledBack);

        Event event = Event.valueOf(reason.name());
        List<Message> messages = plan(slack("ops", List.of(event)), report);

        assertThat(messages).extracting(Message::reason).containsExactly(reason);
        assertThat(messages.getFirst().text()).contains("goes on serving", "no luck");
        assertThat(plan(slack("ops", List.of(event)), rolledBack(reason)))
                .as("it was told")
                .isEmpty();
    }

    @Test
    void plan_releaseGivenUpWhileAnOlderOneServes_isOneFailureForWhoHearsOfAll() {
        PassReport report = rolledBack(ReasonCode.HealthCheckFailed);

        assertThat(plan(slack("ops", List.of()), report))
                .extracting(Message::reason)
                .containsExactly(ReasonCode.RolledBack);
    }

    @Test
    void plan_rolledBack_canBeNamed() {
        PassReport report = rolledBack(ReasonCode.HealthCheckFailed);

        assertThat(plan(slack("ops", List.of(Event.RolledBack)), report))
                .extracting(Message::reason)
                .containsExactly(ReasonCode.RolledBack);
        assertThat(plan(slack("dev", List.of(Event.BuildFailed)), report)).isEmpty();
    }

    @Test
    void plan_healthcheckFailsWhileItServes_isToldAndSoIsItsEnd() {
        Alert alert = slack("ops", List.of(Event.HealthCheckFailed, Event.Recovered));
        assertThat(plan(alert, serving(Health.HEALTHY))).isEmpty();

        PassReport ill = serving(Health.UNHEALTHY);

        assertThat(ready(ill)).isEqualTo(ReasonCode.Succeeded);
        assertThat(plan(alert, ill))
                .extracting(Message::reason)
                .containsExactly(ReasonCode.HealthCheckFailed);
        assertThat(plan(alert, serving(Health.STARTING))).as("it may fail again").isEmpty();
        serving(Health.HEALTHY);
        assertThat(plan(alert, serving(Health.HEALTHY)))
                .extracting(Message::type)
                .containsExactly(Message.Type.Recovered);
    }

    @Test
    void plan_candidateIsUnhealthy_saysNothingOfWhatServes() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1);
        ContainerView old = scene.live("shop", Scene.template("shop:1"), 1, in(Health.HEALTHY));
        scene.live("shop", Scene.template("shop:2"), 1, in(Health.UNHEALTHY));
        scene.serve("shop", old);

        PassReport report =
                pass(scene, change -> new Outcome.Underway(change, now, "awaiting web #1"));

        assertThat(shop(report).condition(ConditionType.Healthy))
                .returns(Status.True, Condition::status);
    }

    @Test
    void plan_candidateOfAnAppWithoutTrafficIsUnhealthy_saysNothingOfIt() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1);
        scene.live("shop", Scene.template("shop:1"), 1, in(Health.HEALTHY));
        scene.live("shop", Scene.template("shop:2"), 1, in(Health.UNHEALTHY));

        PassReport report =
                pass(scene, change -> new Outcome.Underway(change, now, "awaiting web #1"));

        assertThat(shop(report).condition(ConditionType.Healthy))
                .returns(Status.True, Condition::status);
    }

    @Test
    void plan_engineRestartsItAgainAndAgain_isTold() {
        List<Message> messages =
                plan(
                        slack("ops", List.of(Event.Flapping)),
                        serving(new ContainerView.Running(Scene.NOW, Health.NONE, 5)));

        assertThat(messages).extracting(Message::reason).containsExactly(ReasonCode.Flapping);
        assertThat(messages.getFirst().text()).contains("restarted it 5 times");
    }

    @Test
    void plan_restartedOftenLongAgoOrSeldom_tellsNothing() {
        Instant longAgo = Scene.NOW.minus(Duration.ofMinutes(11));

        assertThat(
                        plan(
                                slack("ops", List.of()),
                                serving(new ContainerView.Running(longAgo, Health.NONE, 50))))
                .isEmpty();
        assertThat(
                        plan(
                                slack("ops", List.of()),
                                serving(new ContainerView.Running(now, Health.NONE, 4))))
                .isEmpty();
    }

    /** Of what it went back from nothing else is said. */
    @Test
    void plan_wentBackByItself_isOneFailureNamedByEither() {
        PassReport report = wentBack();
        assertThat(ready(report)).isEqualTo(ReasonCode.RolledBack);

        List<Message> messages = plan(slack("ops", List.of()), report);

        assertThat(messages).extracting(Message::reason).containsExactly(ReasonCode.RolledBack);
        assertThat(messages.getFirst().text())
                .contains("release 2222 failed after it had taken over", "keeps exiting")
                .doesNotContain("panic");
        assertThat(plan(slack("dev", List.of(Event.Flapping)), wentBack()))
                .extracting(Message::reason)
                .containsExactly(ReasonCode.Flapping);
    }

    private PassReport wentBack() {
        WentBack fact =
                WentBack.begun(
                        "declared",
                        "2222",
                        "1111",
                        Scene.NOW,
                        ReasonCode.Flapping,
                        "web keeps exiting\nlast 1 lines of web:\n  panic");
        Scene scene =
                new Scene()
                        .app(
                                "shop",
                                Scene.template("shop:1"),
                                1,
                                app -> app.edit().wentBack(fact).make());
        scene.serve(
                "shop",
                scene.live(
                        "shop",
                        Scene.template("shop:2"),
                        1,
                        new ContainerView.Running(Scene.NOW, Health.NONE, 5)));
        return pass(scene, change -> new Outcome.Done(change, TOOK));
    }

    @Test
    void plan_repairedTooOften_isTold() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1).flapping("shop");
        scene.live("shop", Scene.template("shop:1"), 1, new ContainerView.Exited(137, false));

        PassReport report = pass(scene, DerivedAlertsTest::blocked);

        assertThat(ready(report)).isEqualTo(ReasonCode.Flapping);
        assertThat(plan(slack("ops", List.of(Event.Flapping)), report))
                .extracting(Message::reason)
                .containsExactly(ReasonCode.Flapping);
    }

    private static Outcome blocked(Change change) {
        return change instanceof Change.Blocked blocked
                ? new Outcome.Blocked(blocked)
                : new Outcome.Skipped(change);
    }

    private PassReport serving(Health health) {
        return serving(in(health));
    }

    private PassReport serving(ContainerView.State state) {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        scene.serve("shop", scene.live("shop", Scene.template("shop:1"), 1, state));
        PassReport report = pass(scene, change -> new Outcome.Done(change, TOOK));
        assertThat(report.changes()).isEmpty();
        return report;
    }

    private static ContainerView.State in(Health health) {
        return new ContainerView.Running(Scene.NOW, health, 0);
    }

    /** The new release failed for good, the one before serves. */
    private PassReport rolledBack(ReasonCode reason) {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1);
        scene.serve("shop", scene.live("shop", Scene.template("shop:1"), 1));
        return pass(scene, change -> failed(change, reason));
    }

    private static Outcome failed(Change change, ReasonCode reason) {
        return change instanceof Change.StartRelease
                ? new Outcome.Failed(change, TOOK, Outcome.Next.STALL, reason, "no luck")
                : new Outcome.Skipped(change);
    }

    private PassReport pass(Scene scene, Function<Change, Outcome> converge) {
        Plan plan = scene.plan();
        PassReport report =
                StatusDeriver.derive(
                        new PassInput(
                                "p1",
                                "poll",
                                scene.desired(),
                                scene.live(),
                                plan,
                                new Outcomes(plan.changes().stream().map(converge).toList()),
                                null,
                                null,
                                8080,
                                before,
                                now,
                                TOOK,
                                PassInput.Tidiness.UNSEEN,
                                PassInput.Https.NONE));
        before =
                report.resources().stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        now = now.plusSeconds(60);
        return report;
    }

    private List<Message> plan(Alert alert, PassReport report) {
        AlertPlanner.Planned planned =
                AlertPlanner.plan(watch(alert), report.resources(), told, now);
        told = planned.told();
        return planned.messages();
    }

    private static ResourceStatus shop(PassReport report) {
        return report.resources().stream()
                .filter(s -> s.id().equals(SHOP))
                .findFirst()
                .orElseThrow();
    }

    private static ReasonCode ready(PassReport report) {
        return Objects.requireNonNull(shop(report).condition(ConditionType.Ready)).reason();
    }
}
