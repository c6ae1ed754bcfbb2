package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Observation;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Route;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerTest {
    @Test
    void plan_desiredUnknown_isEmptyAndSaysWhy() {
        Scene scene = new Scene();
        scene.live("shop", Scene.template("shop:1"), 1);
        Plan plan =
                Planner.plan(
                        new DesiredState.Unknown("branch main is gone", List.of()),
                        scene.live(),
                        Scene.NOW);
        assertThat(plan.changes()).isEmpty();
        assertThat(plan.unknown()).isEqualTo("branch main is gone");
    }

    @Test
    void plan_liveUnknown_isEmptyAndSaysWhy() {
        Plan plan =
                Planner.plan(
                        new Scene().app("shop", Scene.template("shop:1"), 1).desired(),
                        new Observation.Unknown("the engine does not answer"),
                        Scene.NOW);
        assertThat(plan.changes()).isEmpty();
        assertThat(plan.unknown()).isEqualTo("the engine does not answer");
    }

    @Test
    void plan_failedReleaseAfterOneThatNothingCanLeadTo_leavesTheOldOneAlone() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1, Scene::recreate);
        scene.live("shop", worker("1"), 1);
        scene.stalled("shop", "exited with code 1");

        assertThat(scene.plan().changes())
                .noneMatch(change -> change instanceof Change.StartRelease);
    }

    /** The engine did not remove it when it had failed. */
    @Test
    void plan_failedForGoodAndItsContainerIsLeft_removesThatAndNothingThatServes() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1);
        scene.serve("shop", scene.live("shop", Scene.template("shop:1"), 1));
        ContainerView failed = scene.live("shop", Scene.template("shop:2"), 1);
        scene.stalled("shop", "was not ready in time");

        assertThat(scene.plan().changes())
                .hasSize(2)
                .first()
                .isInstanceOfSatisfying(
                        Change.RetireContainers.class,
                        retire -> assertThat(retire.containers()).containsExactly(failed));
        assertThat(scene.plan().changes().getLast()).isInstanceOf(Change.Blocked.class);
    }

    @Test
    void plan_failedForNowOrEdgeUnknown_leavesWhatMayGetReadyOrServe() {
        Scene later = new Scene().app("shop", Scene.template("shop:2"), 1);
        later.serve("shop", later.live("shop", Scene.template("shop:1"), 1));
        later.live("shop", Scene.template("shop:2"), 1);
        later.failedForNow("shop", "the engine is gone");
        Scene unseen = new Scene().app("shop", Scene.template("shop:2"), 1).edgeUnknown();
        unseen.live("shop", Scene.template("shop:2"), 1);
        unseen.stalled("shop", "was not ready in time");

        assertThat(later.plan().changes()).noneMatch(Change.RetireContainers.class::isInstance);
        assertThat(unseen.plan().changes()).noneMatch(Change.RetireContainers.class::isInstance);
    }

    @Test
    void plan_recreateFailedForNowAndItsContainerRuns_stopsItBeforeTheOldOneIsStarted() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1, Scene::recreate);
        scene.live("shop", Scene.template("shop:1"), 1, new ContainerView.Paused());
        ContainerView failed = scene.live("shop", Scene.template("shop:2"), 1);
        scene.stalled("shop", "the edge is not connected");

        assertThat(scene.plan().changes())
                .filteredOn(c -> !(c instanceof Change.SwitchTraffic))
                .first()
                .isInstanceOfSatisfying(
                        Change.RetireContainers.class,
                        retire -> assertThat(retire.containers()).containsExactly(failed));
    }

    @Test
    void plan_recreateFailsAgainAndAgain_keepsNothingOfTheFailedRelease() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 2, Scene::recreate);
        scene.live("shop", Scene.template("shop:1"), 1, new ContainerView.Paused());
        ContainerView failed = scene.live("shop", Scene.template("shop:2"), 1);
        scene.failedForNow("shop", "the engine is gone");

        assertThat(scene.plan().changes())
                .filteredOn(Change.RetireContainers.class::isInstance)
                .filteredOn(c -> ((Change.RetireContainers) c).containers().contains(failed))
                .singleElement()
                .isInstanceOfSatisfying(
                        Change.RetireContainers.class,
                        retire -> {
                            assertThat(retire.keep()).isFalse();
                            assertThat(retire.containers()).containsExactly(failed);
                        });
    }

    @Test
    void plan_repairedOftenAndTheEdgeNotKnown_leadsToWhatRuns() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1).repairedOften("shop");
        ContainerView runs = scene.live("shop", Scene.template("shop:1"), 1);
        scene.edgeUnknown();

        assertThat(scene.plan().changes())
                .first()
                .isInstanceOfSatisfying(Change.StartRelease.class, start -> proves(start, runs));
        assertThat(scene.plan().changes()).noneMatch(PlannerTest::leadsToNothing);
    }

    @Test
    void plan_repairedOftenAndOneIsLost_leadsToTheOtherMeanwhile() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 2).repairedOften("shop");
        ContainerView runs = scene.live("shop", Scene.template("shop:1"), 1);

        assertThat(scene.plan().changes())
                .hasSize(3)
                .first()
                .isInstanceOfSatisfying(Change.StartRelease.class, start -> proves(start, runs));
        assertThat(scene.plan().changes().getLast()).isInstanceOf(Change.Blocked.class);
    }

    private static void proves(Change.StartRelease start, ContainerView container) {
        assertThat(start.release().starts()).isEmpty();
        assertThat(start.release().candidates())
                .extracting(Release.Candidate::container)
                .containsExactly(container);
    }

    @Test
    void plan_repairedOftenAndOneServes_isLeftAlone() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 2).repairedOften("shop");
        ContainerView runs = scene.live("shop", Scene.template("shop:1"), 1);
        scene.serve("shop", runs);

        assertThat(scene.plan().changes()).singleElement().isInstanceOf(Change.Blocked.class);
    }

    @Test
    void plan_repairedOftenAndAskedForInItsSleep_starts() {
        Scene scene =
                new Scene()
                        .app("shop", Scene.template("shop:1"), 1, Scene::sleepy)
                        .repairedOften("shop");
        scene.asleep("shop").wake("shop");

        assertThat(scene.plan().changes())
                .hasAtLeastOneElementOfType(Change.StartRelease.class)
                .noneMatch(PlannerTest::leadsToNothing);
    }

    @Test
    void plan_failedAndTheEdgeNotKnown_leadsNotToNothing() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        scene.live("shop", Scene.template("shop:1"), 1);
        scene.failedForNow("shop", "the edge is not connected").edgeUnknown();

        assertThat(scene.plan().changes()).singleElement().isInstanceOf(Change.Blocked.class);
    }

    private static boolean leadsToNothing(Change change) {
        return change instanceof Change.SwitchTraffic point
                && point.to() instanceof Change.ToNothing;
    }

    @Test
    void plan_scaledDownAndWhatStaysKeepsExiting_leavesWhatServesInTraffic() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        ContainerView falling = scene.live("shop", Scene.template("shop:1"), 1);
        ContainerView well = scene.live("shop", Scene.template("shop:1"), 2);
        scene.serve("shop", falling, well);
        scene.falls(falling);

        assertThat(scene.plan().changes())
                .singleElement()
                .isInstanceOfSatisfying(
                        Change.SwitchTraffic.class,
                        point -> assertThat(point.to()).isInstanceOf(Change.ToContainers.class))
                .extracting(change -> ((Change.SwitchTraffic) change).to().toString())
                .asString()
                .contains(well.name());
    }

    @Test
    void plan_adoptsAndItsOwnKeepExiting_leavesTheOtherAlone() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1, Scene::adopting);
        ContainerView falling = scene.live("shop", Scene.template("shop:1"), 1);
        scene.serve("shop", falling).falls(falling).legacy(true, null);

        assertThat(scene.plan().changes())
                .isNotEmpty()
                .noneMatch(Change.StopForeign.class::isInstance);
    }

    @Test
    void plan_workerOfANewReleaseRunsAndTheOldOneWasReadyLast_provesItBeforeTheOldOneStops() {
        Scene scene = new Scene().app("jobs", worker("2"), 1);
        ContainerView begun = scene.live("jobs", worker("2"), 1);
        scene.live("jobs", worker("1"), 1);
        scene.wasReady("jobs", worker("1"));

        assertThat(scene.plan().changes())
                .first()
                .isInstanceOfSatisfying(Change.StartRelease.class, start -> proves(start, begun));
    }

    @Test
    void plan_workerThatRunsOnceAndTheOldOneWasStoppedForIt_provesItBeforeTheOldOneGoes() {
        Scene scene = new Scene().app("jobs", worker("2"), 1, Scene::recreate);
        ContainerView begun = scene.live("jobs", worker("2"), 1);
        scene.live("jobs", worker("1"), 1, new ContainerView.Exited(0, false));
        scene.wasReady("jobs", worker("1"));

        assertThat(scene.plan().changes())
                .first()
                .isInstanceOfSatisfying(Change.StartRelease.class, start -> proves(start, begun));
    }

    @Test
    void plan_workerBegunByOneThatDied_needsNoEdge() {
        Scene scene = new Scene().app("jobs", worker("2"), 1).edgeUnknown();
        scene.live("jobs", worker("2"), 1);
        scene.live("jobs", worker("1"), 1);
        scene.wasReady("jobs", worker("1"));

        assertThat(scene.plan().changes()).noneMatch(Change.SwitchTraffic.class::isInstance);
    }

    @Test
    void plan_siteBecomesContainersThatFail_leavesTheFilesInTraffic() {
        Scene scene = new Scene().app("shop", Scene.template("shop:1"), 1);
        scene.serves(
                new Route(
                        "shop.localhost",
                        "/",
                        ResourceId.app("shop"),
                        "shop",
                        new Route.Files("/sites/shop/1", false)));
        scene.stalled("shop", "exited with code 1");

        assertThat(scene.plan().changes()).singleElement().isInstanceOf(Change.Blocked.class);
    }

    @Test
    void plan_workerThatWasReadyLast_stopsTheOldOneAtOnce() {
        Scene scene = new Scene().app("jobs", worker("2"), 1);
        scene.live("jobs", worker("2"), 1);
        scene.live("jobs", worker("1"), 1);
        scene.wasReady("jobs", worker("2"));

        assertThat(scene.plan().changes())
                .singleElement()
                .isInstanceOf(Change.RetireContainers.class);
    }

    @Test
    void plan_stoppedReleaseWithTwoContainersOfASlot_startsOne() {
        Scene scene = new Scene().app("shop", Scene.template("shop:2"), 1, Scene::recreate);
        scene.live("shop", Scene.template("shop:1"), 1, new ContainerView.Paused());
        ContainerView replacement = scene.live("shop", Scene.template("shop:1"), 1);
        scene.stalled("shop", "exited with code 1");

        assertThat(scene.plan().changes())
                .filteredOn(Change.StartRelease.class::isInstance)
                .extracting(change -> ((Change.StartRelease) change).release().candidates())
                .singleElement()
                .satisfies(
                        candidates ->
                                assertThat(candidates)
                                        .extracting(Release.Candidate::container)
                                        .containsExactly(replacement));
    }

    private static ContainerTemplate worker(String version) {
        return new ContainerTemplate.Draft("worker:" + version).make();
    }
}
