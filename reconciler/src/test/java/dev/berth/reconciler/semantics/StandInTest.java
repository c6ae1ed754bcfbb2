package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is declared failed for good, and the release before serves in its place: what is lost of
 * that is replaced, and what had ended on purpose stays ended.
 */
final class StandInTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Rig commit(Rig rig, Spec.Image image, int replicas, Spec.Twist twist) {
        return rig.commit(new Tree.Put("shop", new Spec(image, replicas, twist)));
    }

    /** One that served, and for which what is declared now was given up. */
    private static Rig stoodInFor(int before, Spec.Image declared, int replicas) {
        Rig rig = new Rig().serve("shop", Spec.Image.QUICK, before);
        commit(rig, declared, replicas, Spec.Twist.NONE).run(Duration.ofMinutes(3));
        assertServes(rig, before);
        assertThat(rig.ready("shop")).isEqualTo("False RolledBack");
        return rig;
    }

    private static void assertServes(Rig rig, int containers) {
        assertThat(rig.servedBy("shop")).isEqualTo(Collections.nCopies(containers, "shop:quick"));
    }

    private static void restart(Rig rig) {
        rig.happens(new Event.Kill(Duration.ZERO, 0, false, Duration.ofSeconds(10)))
                .run(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @CsvSource({"ENDS_AT_ONCE, 1", "ENDS_AT_ONCE, 2", "NEVER_READY, 1", "NEVER_READY, 2"})
    void containers_removed_areReplaced(Spec.Image declared, int removed) {
        try (Rig rig = stoodInFor(2, declared, 2)) {
            rig.removeByHand("shop", removed).run(SOON);

            assertServes(rig, 2);
            assertThat(rig.ready("shop")).isEqualTo("False RolledBack");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void containers_removedAroundARestart_areReplaced(boolean before) {
        try (Rig rig = stoodInFor(2, Spec.Image.ENDS_AT_ONCE, 2)) {
            if (before) {
                rig.happens(new Event.Kill(Duration.ZERO, 0, false, Duration.ofSeconds(10)));
                rig.removeByHand("shop").run(SOON);
            } else {
                restart(rig);
                rig.removeByHand("shop").run(SOON);
            }

            assertServes(rig, 2);
        }
    }

    /** It is as many as served, and no more than are to run now. */
    @ParameterizedTest
    @CsvSource({"1, 4, 1", "4, 2, 2"})
    void containers_allRemoved_asManyAreMadeAsServed(int had, int declared, int made) {
        try (Rig rig = stoodInFor(had, Spec.Image.ENDS_AT_ONCE, declared)) {
            rig.removeByHand("shop").run(SOON);

            assertServes(rig, made);
        }
    }

    @Test
    void containers_scaledBefore_areAsManyAsServedLast() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 3)) {
            rig.serve("shop", Spec.Image.QUICK, 2);
            commit(rig, Spec.Image.ENDS_AT_ONCE, 3, Spec.Twist.NONE).run(Duration.ofMinutes(2));

            rig.removeByHand("shop").run(SOON);

            assertServes(rig, 2);
        }
    }

    /** With the secrets of now it is made of something else, and is the same release. */
    @Test
    void containers_removedAgainAndAgainAfterTheirSecretChanged_areReplaced() {
        try (Rig rig = new Rig()) {
            commit(rig, Spec.Image.QUICK, 1, Spec.Twist.SECRET).settle();
            commit(rig, Spec.Image.ENDS_AT_ONCE, 1, Spec.Twist.SECRET).run(Duration.ofMinutes(3));
            for (int secret = 5; secret < 8; secret++) {
                rig.commit(new Tree.SetSecret(secret)).run(Duration.ofMinutes(3));
                rig.removeByHand("shop").run(Duration.ofMinutes(1));
                assertServes(rig, 1);
                rig.removeByHand("shop").run(Duration.ofMinutes(6));
                assertServes(rig, 1);
            }
        }
    }

    @Test
    void containers_ofOneThatRunsOnce_areReplaced() {
        try (Rig rig = new Rig()) {
            commit(rig, Spec.Image.QUICK, 1, Spec.Twist.RECREATE).settle();
            commit(rig, Spec.Image.ENDS_AT_ONCE, 1, Spec.Twist.RECREATE).run(Duration.ofMinutes(3));
            assertServes(rig, 1);

            rig.removeByHand("shop").run(SOON);

            assertServes(rig, 1);
        }
    }

    @Test
    void containers_ofAWorker_areReplaced() {
        try (Rig rig = new Rig()) {
            commit(rig, Spec.Image.QUICK, 2, Spec.Twist.WORKER).settle();
            commit(rig, Spec.Image.ENDS_AT_ONCE, 2, Spec.Twist.WORKER).run(Duration.ofMinutes(3));
            assertThat(rig.running("shop")).containsExactly("shop:quick", "shop:quick");

            rig.removeByHand("shop", 1).run(SOON);
            assertThat(rig.running("shop")).containsExactly("shop:quick", "shop:quick");
            rig.removeByHand("shop").run(Duration.ofMinutes(1));

            assertThat(rig.running("shop")).containsExactly("shop:quick", "shop:quick");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Event.Hand.class,
            names = {"STOP", "PAUSE", "CRASH", "DISCONNECT", "SET_MEMORY"})
    void hand_laidOnAContainer_twoServeAgain(Event.Hand hand) {
        try (Rig rig = stoodInFor(2, Spec.Image.ENDS_AT_ONCE, 2)) {
            rig.happens(new Event.Drift(Duration.ZERO, 0, hand, 0))
                    .run(Duration.ofMinutes(11))
                    .settle(); // not every hand is an event of the engine

            assertServes(rig, 2);
        }
    }

    @Test
    void containers_removedAgainAndAgain_areReplacedWithGrowingPausesAlsoAfterARestart() {
        try (Rig rig = stoodInFor(1, Spec.Image.ENDS_AT_ONCE, 1)) {
            rig.forgetCalls();
            for (int i = 0; i < 60; i++) {
                if (i == 30) {
                    restart(rig);
                }
                rig.removeByHand("shop").run(Duration.ofSeconds(30));
            }

            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isBetween(6L, 16L);
            rig.run(Duration.ofMinutes(6));
            assertServes(rig, 1);
        }
    }

    @Test
    void containers_thatCannotBeMade_areTriedWithGrowingPausesAndServeOnceTheyCan() {
        try (Rig rig = stoodInFor(1, Spec.Image.ENDS_AT_ONCE, 1)) {
            rig.failing(EngineCall.ENSURE_NETWORK, "berth_home_shop");
            int before = rig.passes();
            rig.removeByHand("shop").run(Duration.ofMinutes(20));
            assertThat(rig.passes() - before)
                    .as("one for each try, and few others")
                    .isBetween(8, 30);
            assertThat(rig.servedBy("shop")).isEmpty();

            rig.mended().run(Duration.ofMinutes(7));

            assertServes(rig, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, SUSPENDED", "0, NONE"})
    void app_thatWasToServeNothing_staysDown(int replicas, Spec.Twist twist) {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            commit(rig, Spec.Image.QUICK, replicas, twist).settle();
            assertThat(rig.containers("shop")).isEmpty();
            rig.forgetCalls();

            commit(rig, Spec.Image.ENDS_AT_ONCE, 1, Spec.Twist.NONE).run(Duration.ofMinutes(20));
            restart(rig);
            rig.run(Duration.ofMinutes(10));

            assertThat(rig.containers("shop")).isEmpty();
            assertThat(rig.calls(EngineCall.CREATE, "berth_home_shop")).isEqualTo(1);
        }
    }

    @Test
    void app_declaredAnew_isAnotherOne() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.QUICK, 1)) {
            rig.commit(new Tree.Remove("shop")).settle();

            commit(rig, Spec.Image.ENDS_AT_ONCE, 1, Spec.Twist.NONE).run(Duration.ofMinutes(20));

            assertThat(rig.containers("shop")).isEmpty();
        }
    }

    private static Rig waitsForOneThatIsNeverReady() {
        Rig rig = new Rig().serve("api", Spec.Image.QUICK, 2);
        rig.commit(new Tree.Put("shop", new Spec(Spec.Image.NEVER_READY, 1, Spec.Twist.NONE)));
        rig.commit(new Tree.Put("api", new Spec(Spec.Image.OTHER, 2, Spec.Twist.DEPENDS)))
                .run(Duration.ofMinutes(3));
        assertThat(rig.servedBy("api")).containsExactly("api:quick", "api:quick");
        assertThat(rig.ready("api")).contains("DependencyNotReady");
        return rig;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void containers_removedWhileTheNewReleaseWaitsForAnother_areReplaced(int removed) {
        try (Rig rig = waitsForOneThatIsNeverReady()) {
            rig.removeByHand("api", removed).run(SOON);

            assertThat(rig.servedBy("api")).containsExactly("api:quick", "api:quick");
            assertThat(rig.ready("api")).contains("DependencyNotReady");
        }
    }

    @Test
    void containers_thatCannotBeMadeWhileTheNewReleaseWaits_areTriedWithGrowingPauses() {
        try (Rig rig = waitsForOneThatIsNeverReady()) {
            rig.failing(EngineCall.ENSURE_NETWORK, "berth_home_api");
            int before = rig.passes();
            rig.removeByHand("api").run(Duration.ofMinutes(20));
            assertThat(rig.passes() - before)
                    .as("one for each try, and few others")
                    .isBetween(8, 30);
            assertThat(rig.servedBy("api")).isEmpty();

            rig.mended().run(Duration.ofMinutes(7));

            assertThat(rig.servedBy("api")).containsExactly("api:quick", "api:quick");
        }
    }

    /** The release before the one that served is not the one that stands in. */
    @Test
    void containers_ofTheSecondRelease_areReplacedByTheSecond() {
        try (Rig rig = new Rig().serve("shop", Spec.Image.OTHER, 1)) {
            rig.serve("shop", Spec.Image.QUICK, 1);
            commit(rig, Spec.Image.ENDS_AT_ONCE, 1, Spec.Twist.NONE).run(Duration.ofMinutes(2));

            rig.removeByHand("shop").run(SOON);

            assertServes(rig, 1);
        }
    }
}
