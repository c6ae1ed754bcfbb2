package dev.berth.reconciler.cleanup.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.Instance;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ImageShelfTest {
    private final AtomicInteger rings = new AtomicInteger();
    private final ImageShelf shelf = new ImageShelf(rings::incrementAndGet);

    private static Needs needs(String... references) {
        return new Needs("home", Instance.Cleanup.USUAL, Set.of(references), Set.of(), null);
    }

    @Test
    void remove_needsAsTheyWereDecidedBy_isDone() throws Exception {
        AtomicInteger removals = new AtomicInteger();
        shelf.needed(needs("a"));

        assertThat(shelf.remove(needs("a"), true, removals::incrementAndGet)).isTrue();
        assertThat(removals).hasValue(1);
    }

    @Test
    void remove_needsChangedSinceOrUnknown_isNotDone() throws Exception {
        shelf.needed(needs("a"));
        shelf.needed(needs("a", "b"));
        assertThat(shelf.remove(needs("a"), false, ImageShelfTest::never)).isFalse();

        shelf.needed(null);
        assertThat(shelf.remove(needs("a", "b"), false, ImageShelfTest::never)).isFalse();
    }

    private static void never() {
        throw new AssertionError("it is removed");
    }

    @Test
    void settle_duringARemoval_waitsForItsEnd() throws Exception {
        shelf.needed(needs());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread removal = Thread.ofVirtual().start(() -> removeSlowly(begun, goOn));
        begun.await();
        Thread asks = Thread.ofVirtual().start(() -> quietly(shelf::settle));
        Thread builds = Thread.ofVirtual().start(() -> quietly(shelf::building));

        await().until(() -> asks.getState() == Thread.State.WAITING);
        await().until(() -> builds.getState() == Thread.State.WAITING);
        assertThat(shelf.isBuilding()).isFalse();

        goOn.countDown();
        removal.join();
        asks.join();
        builds.join();
        assertThat(shelf.isBuilding()).isTrue();
    }

    private void removeSlowly(CountDownLatch begun, CountDownLatch goOn) {
        try {
            shelf.remove(
                    needs(),
                    false,
                    () -> {
                        begun.countDown();
                        quietly(goOn::await);
                    });
        } catch (ReconcileException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Interruptible {
        void run() throws InterruptedException;
    }

    private static void quietly(Interruptible task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void building_untilClosed_isTold() throws Exception {
        try (ImageShelf.Building _ = shelf.building();
                ImageShelf.Building _ = shelf.building()) {
            assertThat(shelf.isBuilding()).isTrue();
        }
        assertThat(shelf.isBuilding()).isFalse();
    }

    @Test
    void remove_layerWhileSomethingIsBuilt_staysAndWhatHasANameGoes() throws Exception {
        AtomicInteger removals = new AtomicInteger();
        shelf.needed(needs("a"));
        try (ImageShelf.Building _ = shelf.building()) {
            assertThat(shelf.remove(needs("a"), true, ImageShelfTest::never)).isFalse();
            assertThat(shelf.remove(needs("a"), false, removals::incrementAndGet)).isTrue();
        }
        assertThat(shelf.remove(needs("a"), true, removals::incrementAndGet)).isTrue();
        assertThat(removals).hasValue(2);
    }

    @Test
    void pulled_isTakenOnceAndRings() {
        shelf.pulled("redis:7");

        assertThat(rings).hasValue(1);
        assertThat(shelf.takePulled()).containsExactly("redis:7");
        assertThat(shelf.takePulled()).isEmpty();
    }

    @Test
    void labels_tellTheInstanceOnceItIsKnown() {
        assertThat(shelf.labels()).isEmpty();
        shelf.needed(needs());
        assertThat(shelf.labels()).isEqualTo(Map.of(Labels.BUILT_BY, "home"));
    }
}
