package dev.berth.reconciler.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.plan.Reason;
import dev.berth.reconciler.plan.Release;
import dev.berth.reconciler.plan.Scene;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered and what lives decide who goes back; who looks again decides the same. */
final class RollbackJudgeTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ContainerTemplate FIRST = Scene.template("shop:1");
    private static final ContainerTemplate SECOND = Scene.template("shop:2");
    private static final ContainerView.State FALLING = new ContainerView.Restarting(3, 5);
    private static final ContainerView.State RUNNING =
            new ContainerView.Running(Scene.NOW, Health.NONE, 0);

    @TempDir Path directory = Path.of("");

    private static DesiredApp watched(DesiredApp app) {
        return app.edit().rollbackWindow(Duration.ofMinutes(5)).make();
    }

    private static KnownRelease known(ContainerTemplate template, Instant readyAt) {
        TreeMap<String, ContainerTemplate> processes = new TreeMap<>(Map.of("web", template));
        return new KnownRelease(
                Release.idOf(processes),
                template.image(),
                "c0ffee",
                readyAt,
                processes,
                new TreeMap<>());
    }

    /** Both were ready, the second one some time ago. */
    private ReleaseLedger ledger(Duration ago) {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ledger.ready(SHOP, known(FIRST, Scene.NOW.minus(Duration.ofDays(1))), 5);
        ledger.ready(SHOP, known(SECOND, Scene.NOW.minus(ago)), 5);
        return ledger;
    }

    private static Scene second() {
        return new Scene().app("shop", SECOND, 1, RollbackJudgeTest::watched);
    }

    private static Scene served(ContainerView.State state) {
        Scene scene = second();
        return scene.serve("shop", scene.live("shop", SECOND, 1, state));
    }

    private static DesiredState settled(ReleaseLedger ledger, Scene scene) {
        return ledger.settled(
                scene.desired(), scene.live(), Scene.NOW, c -> "\nlog of " + c.name());
    }

    private static @Nullable WentBack judged(ReleaseLedger ledger, Scene scene) {
        return app(settled(ledger, scene)).wentBack();
    }

    private static DesiredApp app(DesiredState state) {
        return switch (state) {
            case DesiredState.Known known -> Objects.requireNonNull(known.apps().get(SHOP));
            case DesiredState.Unknown unknown -> throw new AssertionError(unknown);
        };
    }

    private String file() throws Exception {
        return Files.readString(directory.resolve("shop.json"));
    }

    @Test
    void settled_fallsWithinTheWindow_isToBeTheReleaseBeforeUnderAnotherGeneration() {
        ReleaseLedger ledger = ledger(Duration.ofMinutes(4));
        Scene scene = served(FALLING);

        DesiredState desired = settled(ledger, scene);
        Plan plan = Planner.plan(desired, scene.live(), Scene.NOW);

        WentBack back = Objects.requireNonNull(app(desired).wentBack());
        assertThat(back)
                .returns(known(SECOND, Scene.NOW).id(), WentBack::from)
                .returns(known(FIRST, Scene.NOW).id(), WentBack::to)
                .returns(WentBack.Stage.UNDERWAY, WentBack::stage)
                .returns(app(scene.desired()).generation().text(), WentBack::generation);
        assertThat(back.message()).contains("keeps exiting", "code 3", "\nlog of berth_home_shop");
        assertThat(app(desired).generation()).isNotEqualTo(app(scene.desired()).generation());
        assertThat(plan.changes())
                .hasAtLeastOneElementOfType(Change.StartRelease.class)
                .allMatch(change -> change.resource().equals(SHOP));
        assertThat(plan.changes().getFirst().reasons().getFirst())
                .isEqualTo(new Reason.WentBack(back.from(), back.headline()));
    }

    @Test
    void settled_decidedOnce_isTheSameAfterARestartAndForWhoOnlyReads() throws Exception {
        Scene scene = served(FALLING);
        ReleaseLedger ledger = ledger(Duration.ofMinutes(4));
        String before = file();

        DesiredState read = settled(ReleaseLedger.reading(directory), scene);
        assertThat(file()).as("who only reads").isEqualTo(before);

        DesiredState decided = settled(ledger, scene);
        assertThat(read).isEqualTo(decided);
        assertThat(file()).isNotEqualTo(before);
        String after = file();
        Scene well = served(new ContainerView.Running(Scene.NOW, Health.NONE, 0));
        assertThat(settled(ReleaseLedger.inDirectory(directory), well)).isEqualTo(decided);
        assertThat(ledger.settled(scene.desired())).isEqualTo(decided);
        assertThat(file()).isEqualTo(after);
    }

    @Test
    void settled_servesAgain_isThereAndStays() {
        ReleaseLedger ledger = ledger(Duration.ofMinutes(4));
        settled(ledger, served(FALLING));

        Scene back = second();
        back.serve("shop", back.live("shop", FIRST, 1));
        assertThat(judged(ledger, back)).returns(WentBack.Stage.THERE, WentBack::stage);
        assertThat(Planner.plan(settled(ledger, back), back.live(), Scene.NOW).changes()).isEmpty();

        Scene fallen = second();
        fallen.serve("shop", fallen.live("shop", FIRST, 1, FALLING));
        assertThat(judged(ledger, fallen)).returns(WentBack.Stage.THERE, WentBack::stage);
        assertThat(ledger.of(SHOP)).extracting(KnownRelease::image).startsWith("shop:1");
    }

    @Test
    void settled_anotherGeneration_forgetsIt() throws Exception {
        ReleaseLedger ledger = ledger(Duration.ofMinutes(4));
        settled(ledger, served(FALLING));

        Scene third =
                new Scene().app("shop", Scene.template("shop:3"), 1, RollbackJudgeTest::watched);

        assertThat(judged(ledger, third)).isNull();
        assertThat(file()).doesNotContain("wentBack");
    }

    @Test
    void settled_windowIsOver_stays() {
        assertThat(judged(ledger(Duration.ofMinutes(5)), served(FALLING))).isNull();
    }

    @Test
    void settled_tookOverInTheFuture_stays() {
        assertThat(judged(ledger(Duration.ofSeconds(-1)), served(FALLING))).isNull();
    }

    @Test
    void settled_seldomExits_stays() {
        assertThat(
                        judged(
                                ledger(Duration.ofMinutes(1)),
                                served(new ContainerView.Restarting(1, 4))))
                .isNull();
    }

    @Test
    void settled_edgeHasNotSpoken_stays() {
        assertThat(judged(ledger(Duration.ofMinutes(1)), served(FALLING).edgeUnknown())).isNull();
    }

    /** It is being rolled out again: whoever waits for it says whether it works. */
    @Test
    void settled_theReleaseBeforeServesStill_stays() {
        Scene scene = second();
        scene.live("shop", SECOND, 1, FALLING);
        scene.serve("shop", scene.live("shop", FIRST, 1));

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene)).isNull();
    }

    /** What exits is taken out of traffic by then. */
    @Test
    void settled_nothingServes_goesBack() {
        Scene scene = second();
        scene.live("shop", SECOND, 1, FALLING);

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene)).isNotNull();
    }

    @Test
    void settled_onlyWhatDrainsIsIll_stays() {
        Scene scene = served(new ContainerView.Running(Scene.NOW, Health.NONE, 0));
        scene.live("shop", FIRST, 1, FALLING);

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene)).isNull();
    }

    @Test
    void settled_cantBeRepaired_goesBackWithItsLastWords() {
        Scene scene =
                new Scene()
                        .app("shop", SECOND, 2, RollbackJudgeTest::watched)
                        .failedForNow("shop", "web was not ready\nlast 1 lines of web:\n  oh");
        scene.serve("shop", scene.live("shop", SECOND, 1, RUNNING));

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene))
                .extracting(WentBack::message)
                .isEqualTo("web was not ready\nlast 1 lines of web:\n  oh");
    }

    /** Its first tries failed, the last one did not: the release before drains yet. */
    @Test
    void settled_failedOnlyBeforeItsSwitch_stays() {
        Scene scene = served(RUNNING).failedForNow("shop", "no address to probe");
        scene.live("shop", FIRST, 1, RUNNING);

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene)).isNull();
    }

    @Test
    void settled_whatItDependsOnHasJustBegun_waitsUntilThatHasSettled() {
        assertThat(judged(ledger(Duration.ofMinutes(1)), besideDatabaseSince(5))).isNull();
        assertThat(judged(ledger(Duration.ofMinutes(1)), besideDatabaseSince(90))).isNotNull();
    }

    private static Scene besideDatabaseSince(int seconds) {
        ContainerTemplate database = Scene.template("db:1");
        Scene scene =
                new Scene()
                        .app("db", database, 1)
                        .app(
                                "shop",
                                SECOND,
                                1,
                                app ->
                                        watched(app)
                                                .edit()
                                                .dependsOn(List.of(ResourceId.app("db")))
                                                .make());
        scene.live(
                "db",
                database,
                1,
                new ContainerView.Running(Scene.NOW.minusSeconds(seconds), Health.NONE, 0));
        return scene.serve("shop", scene.live("shop", SECOND, 1, FALLING));
    }

    @Test
    void settled_theReleaseBeforeLacksAProcessWithARoute_stays() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        TreeMap<String, ContainerTemplate> worker = new TreeMap<>(Map.of("worker", FIRST));
        ledger.ready(
                SHOP,
                new KnownRelease(
                        Release.idOf(worker),
                        "shop:1",
                        "c0ffee",
                        Scene.NOW,
                        worker,
                        new TreeMap<>()),
                5);
        ledger.ready(SHOP, known(SECOND, Scene.NOW.minusSeconds(60)), 5);

        assertThat(judged(ledger, served(FALLING))).isNull();
    }

    @Test
    void settled_theReleaseBeforeFailsForTheMomentAgainAndAgain_isGivenUp() {
        ReleaseLedger ledger = ledger(Duration.ofMinutes(1));
        Scene scene = served(FALLING);
        DesiredApp back = app(settled(ledger, scene));
        scene.failed(
                "shop",
                new FailedAttempt(
                        back.generation().text(),
                        5,
                        Scene.NOW.plusSeconds(60),
                        ReasonCode.PullFailed,
                        "no registry"));

        assertThat(judged(ledger, scene))
                .extracting(WentBack::stage)
                .isEqualTo(WentBack.Stage.GIVEN_UP);
    }

    /** Another Berth went back meanwhile, which is in its ledger and not in this one. */
    @Test
    void settled_anotherReleaseRunsThanTheNewest_thatOneIsTheNewest() {
        ReleaseLedger ledger = ledger(Duration.ofDays(1));
        Scene scene = second();
        scene.serve("shop", scene.live("shop", FIRST, 1, RUNNING));

        settled(ledger, scene);

        assertThat(ledger.of(SHOP))
                .extracting(KnownRelease::image)
                .containsExactly("shop:1", "shop:2");
    }

    /** A generation that never worked: what serves is not at fault. */
    @Test
    void settled_generationFailedForGood_stays() {
        Scene scene =
                served(new ContainerView.Running(Scene.NOW, Health.NONE, 0))
                        .stalled("shop", "web was not ready");

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene)).isNull();
    }

    /** The edge came back with an empty disk while a new release failed to get ready. */
    @Test
    void settled_nobodyServesAndAnotherReleaseRuns_hasNotTakenOver() {
        ReleaseLedger ledger = ledger(Duration.ofMinutes(1));
        Scene before = second();
        before.serve("shop", before.live("shop", FIRST, 1));
        settled(ledger, before);
        Scene scene = second();
        scene.live("shop", FIRST, 1);
        scene.live("shop", SECOND, 1, FALLING);

        assertThat(judged(ledger, scene)).isNull();
    }

    /** Somebody has removed what served: what is tried in vain has replaced nothing. */
    @Test
    void settled_nobodyServesAndTheReleaseBeforeIsLost_hasNotTakenOver() {
        ReleaseLedger ledger = ledger(Duration.ofMinutes(1));
        Scene before = second();
        ContainerView gone = before.live("shop", FIRST, 1);
        settled(ledger, before.serve("shop", gone));
        Scene scene = second();
        scene.live("shop", SECOND, 1, FALLING);

        assertThat(judged(ledger, scene)).isNull();
    }

    /** It was scaled to nothing before: the release that fails has taken over from nobody. */
    @Test
    void settled_servedNothingAndFailsAgainAndAgain_stays() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ledger.ready(SHOP, known(FIRST, Scene.NOW.minusSeconds(90)), 5);
        settled(ledger, new Scene().app("shop", FIRST, 0, RollbackJudgeTest::watched));
        Scene scene =
                new Scene()
                        .app(
                                "shop",
                                SECOND,
                                1,
                                app -> app.edit().rollbackWindow(Duration.ofHours(1)).make())
                        .failedForNow("shop", "web was not ready");
        scene.live("shop", SECOND, 1, RUNNING);

        assertThat(judged(ledger, scene)).isNull();
    }

    /** It fell before any pass found it ready; the routes tell that it has taken over. */
    @Test
    void settled_fallsAtOnceAfterItsSwitch_goesBack() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ledger.ready(SHOP, known(FIRST, Scene.NOW.minus(Duration.ofDays(1))), 5);
        DesiredState.Known desired =
                new Scene()
                        .app(
                                "shop",
                                SECOND,
                                1,
                                app -> app.edit().rollbackWindow(Duration.ofHours(1)).make())
                        .desired();

        DesiredState settled = ledger.settled(desired, served(FALLING).live(), Scene.NOW, _ -> "");

        assertThat(app(settled).wentBack()).isNotNull();
    }

    @Test
    void settled_nobodyServesAndNothingElseRuns_goesBack() {
        Scene scene = second();
        scene.live("shop", SECOND, 1, FALLING);

        assertThat(judged(ledger(Duration.ofMinutes(1)), scene)).isNotNull();
    }

    /** As a worker it ran well, and no request could get to it. */
    @Test
    void settled_releaseBeforeListensNowhere_stays() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ContainerTemplate worker = FIRST.edit().port(null, null).make();
        ledger.ready(SHOP, known(worker, Scene.NOW.minus(Duration.ofDays(1))), 5);
        ledger.ready(SHOP, known(SECOND, Scene.NOW.minus(Duration.ofMinutes(1))), 5);

        assertThat(judged(ledger, served(FALLING))).isNull();
    }

    @Test
    void settled_fileDamaged_isAsDeclared() throws Exception {
        settled(ledger(Duration.ofMinutes(1)), served(FALLING));
        Files.writeString(
                directory.resolve("shop.json"), file().replace("\"reason\":", "\"reasons\":"));
        ReleaseLedger damaged = ReleaseLedger.inDirectory(directory);

        assertThat(damaged.settled(second().desired())).isEqualTo(second().desired());
        assertThat(damaged.of(SHOP)).isEmpty();
    }

    @Test
    void retrace_homeLost_theReleaseThatRunsIsKnown() {
        ReleaseLedger lost = ReleaseLedger.inDirectory(directory);
        Scene scene = second();
        scene.serve("shop", scene.live("shop", FIRST, 1));

        lost.retrace(app(scene.desired()), scene.live());

        assertThat(ReleaseLedger.inDirectory(directory).of(SHOP))
                .extracting(KnownRelease::image)
                .containsExactly("shop:1");
    }

    @Test
    void retrace_onlyTheDeclaredReleaseRuns_nothingIsKnownYet() {
        ReleaseLedger fresh = ReleaseLedger.inDirectory(directory);
        Scene scene = second();
        scene.live("shop", SECOND, 1);

        fresh.retrace(app(scene.desired()), scene.live());

        assertThat(fresh.of(SHOP)).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }
}
