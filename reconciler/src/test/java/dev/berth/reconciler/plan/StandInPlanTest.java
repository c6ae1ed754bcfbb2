package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What served before a release that failed is made again when it is lost. */
final class StandInPlanTest {
    private static final ContainerTemplate FIRST = Scene.template("shop:1");
    private static final ContainerTemplate SECOND = Scene.template("shop:2");

    private static Scene standInLost() {
        Scene scene = new Scene().app("shop", SECOND, 1);
        ContainerView before = scene.live("shop", FIRST, 1);
        return scene.serve("shop", before).servedLast("shop", FIRST, 1).removed(before);
    }

    private static FailedAttempt failed(Scene scene) {
        return new FailedAttempt(
                scene.generation("shop"),
                1,
                Instant.MAX,
                ReasonCode.HealthCheckFailed,
                "shop:2 keeps exiting");
    }

    private static FailedAttempt held(Scene scene, int tries, Instant until) {
        return new FailedAttempt(
                FailedAttempt.inPlaceOf(scene.generation("shop")),
                tries,
                until,
                ReasonCode.StartFailed,
                "no network");
    }

    @Test
    void plan_standInLost_isMadeOfWhatItWasAndTheFailureStands() {
        Scene scene = standInLost();
        scene.failed("shop", failed(scene));

        List<Change> changes = scene.plan().changes();

        assertThat(changes.getFirst())
                .isInstanceOfSatisfying(
                        Change.StartRelease.class,
                        start ->
                                assertThat(start.release().starts())
                                        .extracting(Release.Start::template)
                                        .containsExactly(FIRST));
        assertThat(changes.get(1)).isInstanceOf(Change.SwitchTraffic.class);
        assertThat(changes.getLast()).isInstanceOf(Change.Blocked.class);
    }

    @Test
    void plan_standInLostWhileWhatIsDeclaredIsTriedAgainLater_isMadeMeanwhile() {
        assertThat(standInLost().failedForNow("shop", "no registry").plan().changes())
                .hasAtLeastOneElementOfType(Change.StartRelease.class);
    }

    @Test
    void plan_standInLostWhileWhatIsDeclaredWaitsForAnother_isMadeMeanwhile() {
        Scene scene = new Scene().app("mail", FIRST, 1);
        scene.app("shop", SECOND, 1, Scene.needing("mail"));
        ContainerView before = scene.live("shop", FIRST, 1);
        scene.serve("shop", before).servedLast("shop", FIRST, 1).removed(before);

        List<Change> changes = scene.plan().changes();

        assertThat(changes)
                .filteredOn(change -> change.resource().name().equals("shop"))
                .hasAtLeastOneElementOfType(Change.StartRelease.class)
                .hasAtLeastOneElementOfType(Change.Blocked.class);
    }

    @Test
    void plan_standInFailsToo_waitsForItsTime() {
        Scene scene = standInLost();
        scene.failed("shop", failed(scene).withStandIn(held(scene, 9, Scene.NOW.plusSeconds(60))));
        Scene due = standInLost();
        due.failed("shop", failed(due).withStandIn(held(due, 9, Scene.NOW)));

        assertThat(scene.plan().changes()).noneMatch(Change.StartRelease.class::isInstance);
        assertThat(due.plan().changes()).hasAtLeastOneElementOfType(Change.StartRelease.class);
    }

    /** It was left of a release that never served: nothing says that it ever could. */
    @Test
    void plan_stoppedReleaseThatNeverServedFailsAgainAndAgain_isGivenUp() {
        assertThat(neverServed(4).plan().changes())
                .hasAtLeastOneElementOfType(Change.StartRelease.class);
        assertThat(neverServed(5).plan().changes())
                .noneMatch(Change.StartRelease.class::isInstance);
        assertThat(neverServed(5).wasReady("shop", FIRST).plan().changes())
                .hasAtLeastOneElementOfType(Change.StartRelease.class);
    }

    private static Scene neverServed(int tries) {
        Scene scene = new Scene().app("shop", SECOND, 1);
        scene.live("shop", FIRST, 1, new ContainerView.Exited(1, false));
        return scene.failed("shop", failed(scene).withStandIn(held(scene, tries, Scene.NOW)));
    }

    @Test
    void plan_standInLostAndEdgeUnknown_waitsForTheEdge() {
        Scene scene = standInLost().edgeUnknown();

        assertThat(scene.stalled("shop", "keeps exiting").plan().changes())
                .noneMatch(Change.StartRelease.class::isInstance);
    }

    /** Found by the simulation: who mended it did not hear that the switch was made. */
    @Test
    void plan_standInServesAndAnotherOfItsSlotIsLeft_theOtherGoes() {
        Scene scene = new Scene().app("shop", SECOND, 1);
        ContainerView other = scene.live("shop", FIRST, 1, new ContainerView.Restarting(1, 3));
        ContainerView serving = scene.live("shop", FIRST, 1);
        scene.serve("shop", serving).servedLast("shop", FIRST, 1);

        assertThat(scene.stalled("shop", "keeps exiting").plan().changes())
                .hasAtLeastOneElementOfType(Change.RetireContainers.class)
                .filteredOn(Change.RetireContainers.class::isInstance)
                .allSatisfy(
                        change ->
                                assertThat(((Change.RetireContainers) change).containers())
                                        .containsExactly(other));
    }

    /** More of what served was asked for, and did not get ready: what there is may serve again. */
    @Test
    void plan_releaseThatServedIsScaledInVain_itsContainersStay() {
        Scene scene = new Scene().app("shop", FIRST, 3);
        scene.live("shop", FIRST, 1);
        scene.live("shop", FIRST, 2);
        scene.emptied("shop").wasReady("shop", FIRST);

        assertThat(scene.stalled("shop", "keeps exiting").plan().changes())
                .noneMatch(Change.RetireContainers.class::isInstance);
    }

    /** No route could lead to it as it is declared now. */
    @Test
    void plan_standInLostThatListensNowhere_isLeft() {
        Scene scene = new Scene().app("shop", SECOND, 1);
        scene.emptied("shop").servedLast("shop", new ContainerTemplate.Draft("worker:1").make(), 1);

        assertThat(scene.stalled("shop", "keeps exiting").plan().changes())
                .noneMatch(Change.StartRelease.class::isInstance);
    }

    @Test
    void plan_onlyTheFailedReleaseServedLast_hasNoStandIn() {
        Scene scene = new Scene().app("shop", SECOND, 1);
        scene.emptied("shop").servedLast("shop", SECOND, 1);

        assertThat(scene.stalled("shop", "keeps exiting").plan().changes())
                .noneMatch(Change.StartRelease.class::isInstance);
    }
}
