package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What people say of other platforms, one by one, where no other test is about it. Who shows the
 * rest (a number alone is an issue that is still to be done):
 *
 * <ol>
 *   <li>A bad commit holds up the one that mends it: here, {@code LatestWinsTest}
 *   <li>Previews are never removed: issue 6
 *   <li>An outage elsewhere deletes everything: {@code UnknownIsNotEmptyTest}, {@code
 *       PlannerPropertiesTest}; of a forge: issue 6
 *   <li>Deployed again and again, and no reason: here, {@code ZeroWritesWhenEqualTest}
 *   <li>One commit deploys all apps: {@code ZeroWritesWhenEqualTest}; paths that are watched: issue
 *       5
 *   <li>What was superseded is deployed all the same: here, {@code LatestWinsTest}
 *   <li>502 at the switch: {@code dev.berth.proxy.SwapIT}, and {@code SERVED_GOES_ON_SERVING} in
 *       every history of {@code SimulationTest}
 *   <li>The status lies: {@code ReadyMeansThisGenerationServesTest}, {@code StatusHistoryTest}, and
 *       {@code STATUS_TRUE} in every history of {@code SimulationTest}
 *   <li>No way back by itself: here, {@code StatusHistoryTest}; after the switch: {@code
 *       RollbackWindowTest}, {@code RollbackWindowInTimeTest}; by hand: {@code PinTest}
 *   <li>One broken file stops all, one error at a time: {@code OneDocumentOneFateTest}, {@code
 *       ProblemsGoldenTest}
 *   <li>A typo deletes: here, {@code FatesTest}, and the planted bug {@code FREEZES_NOTHING}
 *   <li>A plan before the merge: {@code GoldenPlanTest}; as a comment: issue 6
 *   <li>Config as code: {@code ExampleConfigRepoTest}, {@code SchemaAgreementTest}; nothing is made
 *       from Compose files yet, and no issue says so
 *   <li>Dependencies: {@code converge.DependsOnTest}, {@code desired.DependsOnTest}
 *   <li>Polling dies and nobody hears of it: {@code DeadlinesEverywhereTest}, {@code
 *       LevelTriggeredTest}
 *   <li>A webhook came and nothing happened: issue 6; a lost one: {@code LevelTriggeredTest}
 *   <li>Previews get in each other's way: issue 6
 *   <li>Previews of images built elsewhere: issue 6
 *   <li>Signed commits: {@code SignedCommitsTest}, {@code CommitVerifierTest}
 *   <li>SOPS wherever YAML is read: {@code SopsDocumentTest}, {@code SecretsDeployTest}
 *   <li>A notification that fails: {@code SideEffectsNeverBlockDeploysTest}; too many of them:
 *       {@code AlertPlannerTest}
 *   <li>The disk is full: here, {@code dev.berth.system.DiskFullIT}; old images and caches: issue 5
 *   <li>Restores: with databases, which come later
 *   <li>Deleting too much or too little: {@code DeletesComeLastTest}, {@code converge.VolumesTest},
 *       and {@code DATA_STAYS} in every history of {@code SimulationTest}
 *   <li>A deployment that is stuck: here, {@code CrashSafeTest}, {@code DeadlinesEverywhereTest}
 * </ol>
 */
final class WorriesTest {
    private static Tree.Edit put(String app, Spec.Image image, int replicas) {
        return new Tree.Put(app, new Spec(image, replicas, Spec.Twist.NONE));
    }

    @Test
    void w01_badCommit_doesNotHoldUpTheOneThatMendsIt() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(put("shop", Spec.Image.NEVER_READY, 1)).run(Duration.ofSeconds(10));
            rig.commit(put("shop", Spec.Image.OTHER, 1)).run(Duration.ofSeconds(15));

            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
        }
    }

    @Test
    void w04_manyPasses_redeployOnceAndSayWhy() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls().commit(put("shop", Spec.Image.OTHER, 1)).settle();
            assertThat(rig.report().changes())
                    .isNotEmpty()
                    .allSatisfy(change -> assertThat(change.reasons()).isNotEmpty());

            for (int i = 0; i < 10; i++) {
                rig.poke();
            }

            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isEqualTo(1);
        }
    }

    @Test
    void w06_commitsInARow_onlyTheFirstAndTheLastAreTried() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.forgetCalls();
            rig.commit(put("shop", Spec.Image.NEVER_READY, 1)).run(Duration.ofSeconds(3));
            rig.commit(put("shop", Spec.Image.SLOW, 1));
            rig.commit(put("shop", Spec.Image.ENDS_AT_ONCE, 1));
            rig.commit(put("shop", Spec.Image.OTHER, 1)).settle();

            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isEqualTo(2);
        }
    }

    @Test
    void w09_failedRelease_isNotTriedAgainUntilANewCommit() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(put("shop", Spec.Image.NEVER_READY, 1)).settle().forgetCalls();

            rig.poke().run(Duration.ofHours(2));

            assertThat(rig.calls(EngineCall.CREATE, "")).isZero();
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");
        }
    }

    @Test
    void w11_typo_deletesNothing() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            var before = rig.containers("shop");
            for (Tree.Damage damage : Tree.Damage.values()) {
                rig.commit(new Tree.Break("shop", damage)).settle();
            }

            assertThat(rig.containers("shop")).isEqualTo(before);
        }
    }

    @Test
    void w22_noPlaceForAnImage_keepsServingAndGoesOnWhenThereIs() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.failing(EngineCall.PULL, "shop:other");
            rig.commit(put("shop", Spec.Image.OTHER, 1)).run(Duration.ofMinutes(10));
            assertThat(rig.servedBy("shop")).containsExactly("shop:quick");

            rig.mended().run(Duration.ofMinutes(7));

            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
        }
    }

    @Test
    void w25_engineGoneInARollout_nothingIsStuckWhenItIsBack() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(put("shop", Spec.Image.SLOW, 1)).run(Duration.ofSeconds(7));
            rig.happens(new Event.EngineGone(Duration.ZERO, 0, Duration.ofMinutes(5)));
            rig.run(Duration.ofMinutes(12)).settle();

            assertThat(rig.servedBy("shop")).containsExactly("shop:slow");
            assertThat(rig.containers("shop")).hasSize(1);
        }
    }
}
