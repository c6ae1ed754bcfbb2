package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Observation;
import java.util.List;
import java.util.TreeMap;
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
        scene.live("shop", withoutPort(), 1);
        scene.stalled("shop", "exited with code 1");

        assertThat(scene.plan().changes())
                .noneMatch(change -> change instanceof Change.StartRelease);
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
                        retire -> {
                            assertThat(retire.containers()).containsExactly(failed);
                            assertThat(retire.keep()).isFalse();
                        });
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

    private static ContainerTemplate withoutPort() {
        return new ContainerTemplate(
                "worker:1", null, new TreeMap<>(), new TreeMap<>(), null, 0, 0, null, null, null);
    }
}
