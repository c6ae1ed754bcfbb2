package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.cleanup.Room;
import dev.berth.reconciler.converge.Ended;
import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.converge.Outcomes;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.plan.Scene;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusDeriverTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId WWW = new ResourceId(Kind.Domain, "www");
    private static final Commit BEFORE = new Commit("main@sha1:" + "b".repeat(40), "Bob");
    private static final Duration TOOK = Duration.ofSeconds(2);

    private Instant now = Scene.NOW;
    private Map<ResourceId, ResourceStatus> before = Map.of();
    private PassInput.@Nullable LeftAlone leftAlone;
    private PassInput.Tidiness tidiness = PassInput.Tidiness.UNSEEN;

    private PassReport pass(DesiredState desired, Observation live, Plan plan, Outcomes outcomes) {
        PassReport report =
                StatusDeriver.derive(
                        new PassInput(
                                "p1",
                                "poll",
                                desired,
                                live,
                                plan,
                                outcomes,
                                leftAlone,
                                null,
                                8080,
                                before,
                                now,
                                TOOK,
                                tidiness,
                                PassInput.Https.NONE));
        before =
                report.resources().stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        now = now.plusSeconds(60);
        return report;
    }

    private PassReport pass(Scene scene, Function<Plan, Outcomes> converge) {
        Plan plan = scene.plan();
        return pass(scene.desired(), scene.live(), plan, converge.apply(plan));
    }

    private static Outcomes allDone(Plan plan) {
        return new Outcomes(
                plan.changes().stream()
                        .<Outcome>map(change -> new Outcome.Done(change, TOOK))
                        .toList());
    }

    private static Outcomes firstFails(Plan plan) {
        return new Outcomes(
                plan.changes().stream()
                        .<Outcome>map(
                                change ->
                                        change.equals(plan.changes().getFirst())
                                                ? new Outcome.Failed(
                                                        change,
                                                        TOOK,
                                                        Outcome.Next.STALL,
                                                        ReasonCode.HealthCheckFailed,
                                                        "not ready: HTTP 500")
                                                : new Outcome.Skipped(change))
                        .toList());
    }

    private static Outcomes allUnderway(Plan plan) {
        return new Outcomes(
                plan.changes().stream()
                        .<Outcome>map(c -> new Outcome.Underway(c, Scene.NOW, "awaiting web #1"))
                        .toList());
    }

    @Test
    void derive_disks_areTheHealthOfTheInstanceOnceTheyWereSeen() {
        ResourceId home = new ResourceId(Kind.Instance, "home");
        Scene scene = new Scene();
        PassReport unseen = pass(scene, StatusDeriverTest::allDone);
        assertThat(status(unseen, home).condition(ConditionType.Healthy)).isNull();

        tidiness = new PassInput.Tidiness(new Room(false, "93 % full"), List.of());
        assertThat(condition(pass(scene, StatusDeriverTest::allDone), home, ConditionType.Healthy))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.DiskPressure, Condition::reason)
                .returns("93 % full", Condition::message);

        tidiness = new PassInput.Tidiness(new Room(true, "there is room"), List.of());
        assertThat(condition(pass(scene, StatusDeriverTest::allDone), home, ConditionType.Healthy))
                .returns(Status.True, Condition::status);
    }

    @Test
    void derive_whatWasCleanedUp_isAChangeOfTheInstance() {
        PassReport.ChangeReport cleaned =
                new PassReport.ChangeReport(
                        new ResourceId(Kind.Instance, "home"),
                        "clean up",
                        List.of("removed image berth/shop:1"),
                        PassReport.Result.Done,
                        null,
                        TOOK);
        tidiness = new PassInput.Tidiness(null, List.of(cleaned));

        assertThat(pass(new Scene(), StatusDeriverTest::allDone).changes())
                .containsExactly(cleaned);
    }

    @Test
    void derive_firstReleaseUnderWay_isProgressingAndNotReady() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);

        PassReport report = pass(scene, StatusDeriverTest::allUnderway);

        assertThat(condition(report, SHOP, ConditionType.Ready))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.Progressing, Condition::reason);
        assertThat(condition(report, SHOP, ConditionType.Reconciling))
                .returns(ReasonCode.Progressing, Condition::reason)
                .returns("awaiting web #1", Condition::message);
        assertThat(status(report, SHOP).appliedRevision()).isNull();
        assertThat(report.changes()).isEmpty();
    }

    @Test
    void derive_newReleaseUnderWay_isReadyByTheOldOne() {
        String old =
                status(
                                pass(
                                        new Scene().app("shop", Scene.template("shop:1"), 1),
                                        StatusDeriverTest::allDone),
                                SHOP)
                        .generation();

        PassReport report =
                pass(
                        new Scene().app("shop", Scene.template("shop:2"), 1),
                        StatusDeriverTest::allUnderway);

        assertThat(condition(report, SHOP, ConditionType.Ready))
                .returns(Status.True, Condition::status)
                .returns(old, Condition::observedGeneration);
        assertThat(status(report, SHOP).generation()).isNotEqualTo(old);
        assertThat(condition(report, SHOP, ConditionType.Reconciling).status())
                .isEqualTo(Status.True);
    }

    @Test
    void derive_nothingPlannedWhileTheFirstReleaseProvesItself_isNotReady() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        List<Outcome> goesOn = allUnderway(scene.plan()).all();

        PassReport report =
                pass(
                        scene.desired(),
                        scene.live(),
                        new Plan("", List.of(), 1, null, Map.of(), List.of()),
                        new Outcomes(List.of(), List.of(), goesOn));

        assertThat(condition(report, SHOP, ConditionType.Ready))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.Progressing, Condition::reason);
    }

    @Test
    void derive_repairUnderWay_isNotReady() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        pass(scene, StatusDeriverTest::allDone);

        PassReport report = pass(scene, StatusDeriverTest::allUnderway);

        assertThat(condition(report, SHOP, ConditionType.Ready).status()).isEqualTo(Status.False);
    }

    @Test
    void derive_changesOfAnEarlierPassEnded_areReportedFirst() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);

        PassReport report =
                pass(
                        scene,
                        plan ->
                                new Outcomes(
                                        List.of(
                                                new Ended(
                                                        1,
                                                        BEFORE,
                                                        SHOP,
                                                        plan.wantedOf(SHOP),
                                                        List.of(
                                                                new Outcome.Done(
                                                                        plan.changes().getFirst(),
                                                                        TOOK)))),
                                        allUnderway(plan).all()));

        assertThat(report.changes())
                .extracting(PassReport.ChangeReport::outcome)
                .containsExactly(PassReport.Result.Done);
        assertThat(report.changes().getFirst().begunFor()).isEqualTo(BEFORE);
        assertThat(status(report, SHOP).lastChangeAt()).isNotNull();
    }

    private static Outcomes allBlocked(Plan plan) {
        return new Outcomes(
                plan.changes().stream()
                        .<Outcome>map(
                                change ->
                                        change instanceof Change.Blocked blocked
                                                ? new Outcome.Blocked(blocked)
                                                : new Outcome.Done(change, TOOK))
                        .toList());
    }

    @Test
    void derive_containerThatTheEngineRestarts_isNotReady() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        scene.live("shop", Scene.template("shop:1"), 1, new ContainerView.Restarting(137, 4));

        PassReport report = pass(scene, _ -> new Outcomes(List.of()));

        assertThat(condition(report, SHOP, ConditionType.Ready).status()).isEqualTo(Status.False);
        assertThat(condition(report, SHOP, ConditionType.Ready).message())
                .contains("exited with code 137");
        assertThat(status(report, SHOP).replicas())
                .containsEntry("web", new ResourceStatus.Replicas(1, 0));
    }

    @Test
    void derive_failedForGood_isStalled() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1).stalled("shop", "no");

        PassReport report = pass(scene, StatusDeriverTest::allBlocked);

        assertThat(condition(report, SHOP, ConditionType.Stalled).status()).isEqualTo(Status.True);
        assertThat(status(report, SHOP).condition(ConditionType.Reconciling)).isNull();
    }

    @Test
    void derive_failedForNow_isReconcilingAndNeverStalled() {
        Scene scene =
                new Scene().app("shop", Scene.template("shop:1"), 1).failedForNow("shop", "no");

        PassReport report = pass(scene, StatusDeriverTest::allBlocked);

        assertThat(condition(report, SHOP, ConditionType.Reconciling).message())
                .isEqualTo("tried again with growing pauses");
        assertThat(condition(report, SHOP, ConditionType.Ready).message())
                .contains("tried again at");
        assertThat(status(report, SHOP).condition(ConditionType.Stalled)).isNull();
    }

    @Test
    void after_sameStatus_keepsItsTimesAndLastChange() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        ResourceStatus old = status(pass(scene, StatusDeriverTest::allDone), SHOP);
        before = Map.of();
        ResourceStatus restarted = status(pass(scene, plan -> new Outcomes(List.of())), SHOP);
        assertThat(restarted.lastChange()).isNull();

        ResourceStatus after = restarted.after(old);

        assertThat(after.lastChange()).isEqualTo(old.lastChange());
        assertThat(after.lastChangeAt()).isEqualTo(old.lastChangeAt());
        assertThat(after.conditions().getFirst().lastTransitionTime())
                .isEqualTo(old.conditions().getFirst().lastTransitionTime());
        assertThat(
                        restarted
                                .after(status(pass(scene, StatusDeriverTest::firstFails), SHOP))
                                .conditions())
                .isEqualTo(restarted.conditions());
    }

    private static ResourceStatus status(PassReport report, ResourceId id) {
        return report.resources().stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow();
    }

    private static Condition condition(PassReport report, ResourceId id, ConditionType type) {
        Condition condition = status(report, id).condition(type);
        if (condition == null) {
            throw new AssertionError("no condition " + type);
        }
        return condition;
    }

    @Test
    void derive_everythingDone_isReadyAtThisGeneration() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 2);

        PassReport report = pass(scene, StatusDeriverTest::allDone);

        ResourceStatus shop = status(report, SHOP);
        Condition ready = condition(report, SHOP, ConditionType.Ready);
        assertThat(ready.status()).isEqualTo(Status.True);
        assertThat(ready.observedGeneration()).isEqualTo(shop.generation());
        assertThat(shop.appliedRevision()).isEqualTo(Scene.REVISION.toString());
        assertThat(shop.urls()).containsExactly("http://shop.localhost:8080");
        assertThat(shop.replicas())
                .containsExactly(Map.entry("web", new ResourceStatus.Replicas(2, 2)));
        assertThat(shop.lastChangeAt()).isEqualTo(Scene.NOW.plus(TOOK));
        assertThat(shop.lastChange()).matches("start release .* \\(first deployment\\)");
        assertThat(report.author()).isEqualTo("Ada <ada@example.com>");
    }

    @Test
    void derive_candidateFails_isStalledAndNamesWhatServes() {
        Scene first = new Scene().app("shop", Scene.template("shop:1"), 1);
        String served = pass(first, StatusDeriverTest::allDone).revision();

        PassReport report =
                pass(
                        new Scene().app("shop", Scene.template("shop:2"), 1),
                        StatusDeriverTest::firstFails);

        assertThat(condition(report, SHOP, ConditionType.Ready))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.HealthCheckFailed, Condition::reason)
                .returns("not ready: HTTP 500", Condition::message);
        assertThat(condition(report, SHOP, ConditionType.Stalled).status()).isEqualTo(Status.True);
        assertThat(status(report, SHOP).appliedRevision()).isEqualTo(served);
        assertThat(report.changes())
                .extracting(PassReport.ChangeReport::outcome)
                .containsExactly(
                        PassReport.Result.Failed,
                        PassReport.Result.Skipped,
                        PassReport.Result.Skipped);
    }

    @Test
    void derive_statusUnchanged_keepsItsTransitionTime() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        Instant since =
                condition(pass(scene, StatusDeriverTest::allDone), SHOP, ConditionType.Ready)
                        .lastTransitionTime();

        PassReport again = pass(scene, StatusDeriverTest::allDone);

        assertThat(condition(again, SHOP, ConditionType.Ready).lastTransitionTime())
                .isEqualTo(since);
    }

    @Test
    void derive_sourceUnknown_keepsWhatWasKnownAndSaysWhy() {
        pass(new Scene().app("shop", Scene.template("shop:1"), 1), StatusDeriverTest::allDone);
        DesiredState unknown = new DesiredState.Unknown("branch main is gone", List.of());
        Observation live = new Observation.Unknown("branch main is gone");

        PassReport report =
                pass(unknown, live, Planner.plan(unknown, live, now), new Outcomes(List.of()));

        assertThat(condition(report, SHOP, ConditionType.Ready).status()).isEqualTo(Status.True);
        ResourceId instance = report.resources().getFirst().id();
        assertThat(condition(report, instance, ConditionType.SourceVerified))
                .returns(Status.False, Condition::status)
                .returns("branch main is gone", Condition::message);
        assertThat(report.resources().getFirst())
                .returns(Scene.REVISION.toString(), ResourceStatus::appliedRevision)
                .returns(Scene.REVISION.toString(), ResourceStatus::attemptedRevision);
    }

    @Test
    void derive_engineUnknown_isUnknownNotFalse() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        Observation live = new Observation.Unknown("the engine does not answer");

        PassReport report =
                pass(
                        scene.desired(),
                        live,
                        Planner.plan(scene.desired(), live, now),
                        new Outcomes(List.of()));

        assertThat(condition(report, SHOP, ConditionType.Ready).status()).isEqualTo(Status.Unknown);
        assertThat(report.resources().getFirst())
                .as("what can't be seen can't be tried")
                .returns(Scene.REVISION.toString(), ResourceStatus::revision)
                .returns(null, ResourceStatus::appliedRevision)
                .returns(null, ResourceStatus::attemptedRevision);
    }

    private static Scene shopByDomain() {
        return new Scene()
                .app("shop", Scene.template("shop:1"), 1)
                .route("www.example", "/", WWW, new DesiredRoute.ToApp(SHOP, "web"));
    }

    @Test
    void derive_domainOfAnAppThatFails_isTriedAndNotApplied() {
        Scene scene = shopByDomain();

        PassReport failed = pass(scene, StatusDeriverTest::firstFails);
        PassReport done = pass(scene, StatusDeriverTest::allDone);

        assertThat(status(failed, WWW))
                .returns(null, ResourceStatus::appliedRevision)
                .returns(Scene.REVISION.toString(), ResourceStatus::attemptedRevision);
        assertThat(status(done, WWW))
                .returns(Scene.REVISION.toString(), ResourceStatus::appliedRevision);
    }

    @Test
    void derive_domainOfAnAppThatAnotherWrites_saysNothingOfIt() {
        Scene scene = shopByDomain();
        leftAlone = new PassInput.LeftAlone(ReasonCode.NotWriter, "another writes");

        PassReport looked = pass(scene, _ -> new Outcomes(List.of()));

        assertThat(status(looked, WWW).conditions().getFirst())
                .returns(Status.Unknown, Condition::status)
                .returns(ReasonCode.NotWriter, Condition::reason);
    }

    @Test
    void derive_whoWritesIsNotKnownAnyMore_isUnknownSinceThen() {
        Scene scene = shopByDomain();
        leftAlone = new PassInput.LeftAlone(ReasonCode.NotWriter, "another writes");
        pass(scene, _ -> new Outcomes(List.of()));
        now = now.plus(Duration.ofDays(3));
        leftAlone = new PassInput.LeftAlone(ReasonCode.WriterUnknown, "nobody knows");
        Instant begins = now.plus(TOOK);

        pass(scene, _ -> new Outcomes(List.of()));
        now = now.plusSeconds(30);
        PassReport later = pass(scene, _ -> new Outcomes(List.of()));

        assertThat(condition(later, new ResourceId(Kind.Instance, "home"), ConditionType.Ready))
                .returns(Status.Unknown, Condition::status)
                .returns(ReasonCode.WriterUnknown, Condition::reason)
                .returns(begins, Condition::lastTransitionTime);
    }

    @Test
    void derive_suspended_isNotReadyAndSaysSo() {
        PassReport report =
                pass(
                        new Scene().app("shop", Scene.template("shop:1"), 1, Scene::suspended),
                        StatusDeriverTest::allDone);

        assertThat(condition(report, SHOP, ConditionType.Ready))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.Suspended, Condition::reason);
    }
}
