package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change.RemoveResource;
import dev.berth.reconciler.plan.Change.RetireContainers;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unknown never deletes, whatever else there is. A failure names the seed that drew the scene. */
class PlannerPropertiesTest {
    private static final int SCENES = 200;

    static LongStream seeds() {
        return LongStream.range(0, SCENES);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void plan_desiredUnknown_changesNothing(long seed) {
        Observation live = RandomScene.of(seed).live();

        Plan plan =
                Planner.plan(
                        new DesiredState.Unknown("the branch is gone", List.of()), live, Scene.NOW);

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.unknown()).isEqualTo("the branch is gone");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void plan_liveUnknown_changesNothing(long seed) {
        DesiredState desired = RandomScene.of(seed).desired();

        Plan plan =
                Planner.plan(desired, new Observation.Unknown("the engine is silent"), Scene.NOW);

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.unknown()).isEqualTo("the engine is silent");
    }

    /** The file may have declared whatever lives and is not declared elsewhere. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void plan_aFileCannotBeUnderstood_deletesNothingThatItMayDeclare(long seed) {
        Scene scene = RandomScene.of(seed).pruneHold("apps/x.yaml can't be read");
        DesiredState.Known desired = scene.desired();

        Plan plan = scene.plan();

        assertThat(plan.changes()).doesNotHaveAnyElementsOfTypes(RemoveResource.class);
        assertThat(plan.changes())
                .filteredOn(RetireContainers.class::isInstance)
                .allMatch(change -> desired.apps().containsKey(change.resource()));
    }

    /** No right version of its document is known, or its source can't be read. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void plan_anAppCannotBeRead_leavesItAsItIs(long seed) {
        Scene scene = RandomScene.of(seed);
        DesiredState.Known desired = scene.desired();

        Plan plan = scene.plan();

        assertThat(plan.changes()).noneMatch(change -> desired.held().contains(change.resource()));
    }

    /** Else the properties above would hold of a planner that never deletes. */
    @Test
    void plan_allKnown_deletesInManyScenes() {
        List<Change> changes =
                seeds().boxed().flatMap(s -> RandomScene.of(s).plan().changes().stream()).toList();

        assertThat(changes).filteredOn(RemoveResource.class::isInstance).hasSizeGreaterThan(100);
        assertThat(changes).filteredOn(RetireContainers.class::isInstance).hasSizeGreaterThan(100);
    }
}
