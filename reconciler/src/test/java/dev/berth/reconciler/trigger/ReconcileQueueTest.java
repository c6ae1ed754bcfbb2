package dev.berth.reconciler.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReconcileQueueTest {
    private static final Trigger SHOP = new Trigger.WakeRequested(ResourceId.app("shop"));
    private static final Trigger BLOG = new Trigger.WakeRequested(ResourceId.app("blog"));
    private static final Trigger PUSH = new Trigger.RepoChanged("the config repo");

    private final List<String> ended = new ArrayList<>();
    private final ReconcileQueue queue = new ReconcileQueue(() -> ended.add("ended"));

    @Test
    void take_whileAPassIsBeingEndedForATrigger_waitsUntilThatIsDone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ReconcileQueue slow =
                new ReconcileQueue(
                        () -> {
                            begun.countDown();
                            awaitUninterrupted(goOn);
                        });
        Thread adding = Thread.ofPlatform().name("adding").start(() -> slow.add(SHOP));
        begun.await();

        Thread loop = Thread.ofPlatform().name("loop").start(slow::take);

        await().until(() -> loop.getState() == Thread.State.BLOCKED);
        goOn.countDown();
        adding.join();
        loop.join();
        assertThat(slow.asked()).as("it was added once, and taken").isFalse();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void add_requestWhileAnotherPassIsAtWork_endsItAndIsTakenNext() {
        queue.add(PUSH);
        queue.take();

        queue.add(SHOP);

        assertThat(ended).hasSize(1);
        queue.ended();
        assertThat(queue.take()).isEqualTo(SHOP);
        assertThat(queue.asked()).isFalse();
    }

    @Test
    void add_requestWhileAPassForAnotherOneIsAtWork_waitsUntilItIsLetIn() throws Exception {
        queue.add(SHOP);
        queue.take();
        ended.clear();
        long pass = queue.pass();
        assertThat(queue.letIn(pass)).as("nobody waits").isFalse();

        queue.add(BLOG);

        assertThat(ended).isEmpty();
        assertThat(queue.letIn(pass)).isTrue();
        assertThat(ended).hasSize(1);
        assertThat(queue.await(Duration.ZERO)).isEqualTo(BLOG);
    }

    @Test
    void letIn_ofAPassThatIsOver_endsNotTheNextOne() {
        queue.add(SHOP);
        queue.take();
        long over = queue.pass();
        queue.ended();
        queue.add(SHOP);
        queue.take();
        queue.add(BLOG);
        ended.clear();

        assertThat(queue.letIn(over)).isTrue();

        assertThat(ended).isEmpty();
    }

    @Test
    void take_burst_isOneOfThem() throws Exception {
        queue.add(new Trigger.EngineBack());
        queue.add(SHOP);
        queue.add(PUSH);

        assertThat(queue.take()).isEqualTo(PUSH);

        assertThat(queue.await(Duration.ZERO)).isNull();
    }

    @Test
    void take_requestForASleepingApp_leavesTheRest() throws Exception {
        queue.add(new Trigger.EngineBack());
        queue.add(SHOP);
        queue.add(BLOG);

        assertThat(queue.take()).isEqualTo(SHOP);

        assertThat(queue.asked()).isFalse();
        assertThat(queue.await(Duration.ZERO)).isEqualTo(new Trigger.EngineBack());
    }
}
