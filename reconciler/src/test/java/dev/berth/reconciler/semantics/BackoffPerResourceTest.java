package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What fails is tried again with growing pauses, and keeps nobody else waiting. */
final class BackoffPerResourceTest {
    private static Tree.Edit put(String app, Spec.Image image) {
        return new Tree.Put(app, new Spec(image, 1, Spec.Twist.NONE));
    }

    @Test
    void pull_fails_isTriedWithGrowingPausesAndOthersGoOn() {
        try (Rig rig = new Rig()) {
            rig.failing(EngineCall.PULL, "shop:quick");
            rig.commit(put("shop", Spec.Image.QUICK), put("blog", Spec.Image.QUICK))
                    .run(Duration.ofSeconds(20));
            assertThat(rig.servedBy("blog")).hasSize(1);

            rig.run(Duration.ofMinutes(20));

            assertThat(rig.passes()).as("one for each try, and few others").isLessThan(40);
            assertThat(rig.ready("shop")).startsWith("False");
            rig.mended().run(Duration.ofMinutes(7));
            assertThat(rig.servedBy("shop")).hasSize(1);
        }
    }

    @Test
    void newCommit_whileAFailureWaits_isTriedAtOnce() {
        try (Rig rig = new Rig()) {
            rig.failing(EngineCall.PULL, "shop:quick");
            rig.commit(put("shop", Spec.Image.QUICK)).run(Duration.ofMinutes(20));

            rig.commit(put("shop", Spec.Image.OTHER)).run(Duration.ofSeconds(15));

            assertThat(rig.servedBy("shop")).containsExactly("shop:other");
        }
    }

    @Test
    void clock_setBackByADay_putsOffNoRetry() {
        try (Rig rig = new Rig()) {
            rig.failing(EngineCall.PULL, "shop:quick");
            rig.commit(put("shop", Spec.Image.QUICK)).run(Duration.ofMinutes(2));
            rig.happens(new Event.ClockJumps(Duration.ZERO, Duration.ofDays(-1))).mended();

            rig.run(Duration.ofMinutes(7));

            assertThat(rig.servedBy("shop")).hasSize(1);
        }
    }

    /** Found by the simulation: its death was heard, and every pass started it anew. */
    @Test
    void standIn_thatFailsToo_isNotTriedInEveryPass() {
        try (Rig rig = new Rig()) {
            rig.happens(new Event.EngineFails(Duration.ZERO, EngineCall.REMOVE, false));
            rig.commit(put("api", Spec.Image.ENDS_AT_ONCE)).settle();
            rig.commit(new Tree.Put("api", new Spec(Spec.Image.ENDS_AT_ONCE, 2, Spec.Twist.WORKER)))
                    .settle();
            rig.forgetCalls().run(Duration.ofMinutes(20));

            assertThat(rig.calls(EngineCall.START, "berth_home_api")).isLessThan(20);
            assertThat(List.of(rig.ready("api"))).containsExactly("False StartFailed");
        }
    }
}
