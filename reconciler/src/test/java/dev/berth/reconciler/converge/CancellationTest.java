package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.converge.Cancellation.Why;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CancellationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int RACES = 10_000;

    private final Cancellation cancellation = new Cancellation();

    @Test
    void during_cancelledBefore_isNotBegun() {
        cancellation.cancel(Why.SUPERSEDED);
        AtomicInteger begun = new AtomicInteger();

        assertThatThrownBy(() -> cancellation.during(begun::incrementAndGet))
                .isInstanceOf(ReconcileException.Waiting.class)
                .hasMessage("given up for a newer commit");

        assertThat(begun).hasValue(0);
    }

    @Test
    void checkStop_supersededAndThenStopped_endsOnlyThen() throws Exception {
        cancellation.cancel(Why.SUPERSEDED);
        cancellation.checkStop();

        cancellation.cancel(Why.STOPPING);

        assertThatThrownBy(cancellation::checkStop)
                .isInstanceOf(ReconcileException.Waiting.class)
                .hasMessageContaining("Berth stops");
    }

    @Test
    void during_cancelledMeanwhile_endsAndLeavesNoInterrupt() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        AtomicReference<@Nullable Exception> ended = new AtomicReference<>();
        AtomicReference<@Nullable Boolean> interrupted = new AtomicReference<>();
        Thread worker =
                Thread.ofVirtual()
                        .name("worker")
                        .start(
                                () -> {
                                    try {
                                        cancellation.during(() -> holdOn(waits));
                                    } catch (ReconcileException e) {
                                        ended.set(e);
                                    }
                                    interrupted.set(Thread.currentThread().isInterrupted());
                                });
        waits.await();

        cancellation.cancel(Why.STOPPING);

        worker.join();
        assertThat(ended.get())
                .isInstanceOf(ReconcileException.Waiting.class)
                .hasMessageContaining("Berth stops");
        assertThat(interrupted.get()).isFalse();
    }

    @Test
    void during_waitMakesAFailureOfTheInterrupt_isGivenUpAllTheSame() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        AtomicReference<@Nullable Exception> ended = new AtomicReference<>();
        Thread worker =
                Thread.ofVirtual()
                        .name("worker")
                        .start(
                                () -> {
                                    try {
                                        cancellation.during(() -> asAnEngineDoes(waits));
                                    } catch (ReconcileException e) {
                                        ended.set(e);
                                    }
                                });
        waits.await();

        cancellation.cancel(Why.SUPERSEDED);

        worker.join();
        assertThat(ended.get()).isInstanceOf(ReconcileException.Waiting.class);
    }

    private static boolean holdOn(CountDownLatch waits) throws InterruptedException {
        waits.countDown();
        new CountDownLatch(1).await();
        return true;
    }

    private static boolean asAnEngineDoes(CountDownLatch waits) throws ReconcileException {
        try {
            return holdOn(waits);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Transient(ReasonCode.Superseded, "interrupted", e);
        }
    }

    @Test
    void during_endsWellAlthoughCancelled_hasEndedWell() throws Exception {
        String result =
                cancellation.during(
                        () -> {
                            cancellation.cancel(Why.SUPERSEDED);
                            return "pulled";
                        });

        assertThat(result).isEqualTo("pulled");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThatThrownBy(cancellation::check).isInstanceOf(ReconcileException.Waiting.class);
    }

    @Test
    void during_inAWait_isABug() {
        assertThatThrownBy(() -> cancellation.during(() -> cancellation.during(() -> true)))
                .isInstanceOf(IllegalStateException.class);
    }

    /** Whenever it is cancelled: no write is interrupted, and nothing waits after it. */
    @Test
    void cancel_atAnyMoment_interruptsWaitsAndNoWrite() throws Exception {
        Random random = new Random(4);
        for (int i = 0; i < RACES; i++) {
            Race race = new Race(random.nextInt(60));
            race.run(random.nextInt(60));
            assertThat(race.writesInterrupted).as("race %d", i).hasValue(0);
        }
    }

    /** A worker that waits and writes by turns until it is cancelled from another thread. */
    private static final class Race {
        private final Cancellation cancellation = new Cancellation();
        private final AtomicInteger writesInterrupted = new AtomicInteger();
        private final int spins;

        Race(int spins) {
            this.spins = spins;
        }

        void run(int delay) throws InterruptedException {
            Thread worker = Thread.ofVirtual().name("worker").start(this::work);
            spin(delay);
            cancellation.cancel(Why.SUPERSEDED);
            assertThat(worker.join(PATIENCE)).isTrue();
        }

        private void work() {
            try {
                while (true) {
                    cancellation.during(
                            () -> {
                                spin(spins);
                                return true;
                            });
                    write();
                }
            } catch (ReconcileException _) {
                write(); // what cleans up is not interrupted either
            }
        }

        private void write() {
            spin(spins);
            if (Thread.currentThread().isInterrupted()) {
                writesInterrupted.incrementAndGet();
            }
        }

        private static void spin(int times) {
            for (int i = 0; i < times; i++) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void places_moreThanThereAre_waitForTheirTurnAndCanBeCancelled() throws Exception {
        Places places = new Places(1, 2);
        Turn first = new Turn(places);
        first.begin();
        Turn second = new Turn(places);
        AtomicReference<@Nullable Exception> ended = new AtomicReference<>();
        Thread waiting =
                Thread.ofVirtual()
                        .name("second")
                        .start(
                                () -> {
                                    try {
                                        second.begin();
                                    } catch (ReconcileException e) {
                                        ended.set(e);
                                    }
                                    second.end();
                                });
        await().atMost(PATIENCE).until(() -> waiting.getState() == Thread.State.WAITING);

        second.cancel(Why.SUPERSEDED);
        waiting.join();

        assertThat(ended.get()).isInstanceOf(ReconcileException.Waiting.class);
        first.end();
        Turn third = new Turn(places);
        third.begin();
        third.end();
    }

    @Test
    void aside_whileItWaits_leavesItsPlaceToAnother() throws Exception {
        Places places = new Places(1, 2);
        Turn first = new Turn(places);
        first.begin();

        String result =
                first.aside(
                        () -> {
                            Turn second = new Turn(places);
                            second.begin();
                            second.end();
                            return "ready";
                        });

        assertThat(result).isEqualTo("ready");
        first.end();
    }

    @Test
    void checkPermit_blind_allowsNothingToBeTakenAway() throws Exception {
        Turn turn = new Turn(new Places());
        turn.begin();
        turn.checkPermit();

        turn.blind();

        turn.check();
        assertThatThrownBy(turn::checkPermit).isInstanceOf(ReconcileException.Waiting.class);
    }
}
