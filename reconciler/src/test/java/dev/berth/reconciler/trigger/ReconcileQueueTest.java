package dev.berth.reconciler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReconcileQueueTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final Trigger ASKED = new Trigger.WakeRequested(SHOP);
    private static final Trigger ANOTHER = new Trigger.WakeRequested(ResourceId.app("blog"));
    private static final Trigger PUSH = new Trigger.RepoChanged("the config repo");
    private static final Trigger DIED = new Trigger.EngineChanged(SHOP, "die");

    private final AtomicInteger rung = new AtomicInteger();
    private final ReconcileQueue queue = new ReconcileQueue(rung::incrementAndGet);

    @Test
    void pressing_allButOneKind_leavesItOut() {
        ReconcileQueue queue = new ReconcileQueue(() -> {});
        queue.add(new Trigger.RepoChanged("shop"));
        assertThat(queue.pressing(_ -> false, Trigger.RepoChanged.class)).isFalse();
        assertThat(queue.pressing(_ -> false)).isTrue();

        queue.add(new Trigger.EdgeConnected());

        assertThat(queue.pressing(_ -> false, Trigger.RepoChanged.class)).isTrue();
    }

    @Test
    void add_anything_rings() {
        queue.add(PUSH);

        assertThat(rung).hasValue(1);
        assertThat(queue.pressing(_ -> false)).isTrue();
    }

    @Test
    void take_empty_isNull() {
        assertThat(queue.take()).isNull();
        assertThat(queue.pressing(_ -> false)).isFalse();
    }

    @Test
    void take_burst_isOneOfThem() {
        queue.add(new Trigger.EngineBack());
        queue.add(DIED);

        assertThat(queue.take()).isEqualTo(new Trigger.EngineBack());

        assertThat(queue.take()).isNull();
    }

    @Test
    void take_pushBesideOthers_comesLast() {
        queue.add(PUSH);
        queue.add(DIED);
        queue.add(new Trigger.EngineBack());
        queue.add(ASKED);

        assertThat(queue.take()).isEqualTo(ASKED);
        assertThat(queue.take()).isEqualTo(DIED);
        assertThat(queue.take()).isEqualTo(PUSH);
        assertThat(queue.take()).isNull();
    }

    @Test
    void take_requestForASleepingApp_leavesTheRest() {
        queue.add(new Trigger.EngineBack());
        queue.add(ASKED);
        queue.add(ANOTHER);

        assertThat(queue.take()).isEqualTo(ASKED);

        assertThat(queue.take()).isEqualTo(new Trigger.EngineBack());
        assertThat(queue.take()).isNull();
    }

    @Test
    void pressing_eventOfAResourceAtWork_waitsUntilItRests() {
        queue.add(DIED);

        assertThat(queue.pressing(SHOP::equals)).isFalse();
        assertThat(queue.pressing(_ -> false)).isTrue();
    }

    @Test
    void add_manyEventsOfOneResource_keepsOne() {
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            queue.add(DIED);
        }

        boolean pressing =
                queue.pressing(
                        _ -> {
                            asked.incrementAndGet();
                            return true;
                        });

        assertThat(pressing).isFalse();
        assertThat(asked).as("each that waits is asked for").hasValue(1);
    }

    @Test
    void mayBeABurst_whileThereAreOnlyEvents_isTrue() {
        queue.add(DIED);
        assertThat(queue.mayBeABurst()).isTrue();

        queue.add(ASKED);

        assertThat(queue.mayBeABurst()).isFalse();
    }
}
