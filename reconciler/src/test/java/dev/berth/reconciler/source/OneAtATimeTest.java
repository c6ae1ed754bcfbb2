package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class OneAtATimeTest {
    private static final Duration LIMIT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final CountDownLatch end = new CountDownLatch(1);

    /** As one that computes, and asks nobody whether it may. */
    private Boolean hang() {
        boolean ended = false;
        while (!ended) {
            try {
                ended = end.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                // goes on
            }
        }
        return ended;
    }

    @Test
    void run_afterOneThatCannotBeEnded_givesUpSoonAndGoesOnOnceItHas() throws Exception {
        try (OneAtATime jobs = new OneAtATime("test", LIMIT)) {
            assertThatThrownBy(() -> jobs.run(_ -> hang(), () -> {}, LIMIT, () -> {}))
                    .isExactlyInstanceOf(TimeoutException.class);
            Thread.sleep(LIMIT.multipliedBy(3)); // by then it was cut off

            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () ->
                            assertThatThrownBy(() -> jobs.run(_ -> 1, () -> {}, LONG, () -> {}))
                                    .isInstanceOf(OneAtATime.NotStarted.class));
            end.countDown();
            assertThat(jobs.<Integer>run(_ -> 2, () -> {}, LONG, () -> {})).isEqualTo(2);
        }
    }

    @Test
    void close_whileSomebodyWaitsForALongJob_endsIt() throws Exception {
        OneAtATime jobs = new OneAtATime("test", LONG);
        CountDownLatch begun = new CountDownLatch(1);
        Thread waiting =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        jobs.run(
                                                monitor -> {
                                                    begun.countDown();
                                                    while (!monitor.isCancelled()) {
                                                        Thread.onSpinWait();
                                                    }
                                                    return true;
                                                },
                                                () -> {},
                                                LONG,
                                                () -> {});
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

        assertTimeoutPreemptively(Duration.ofSeconds(10), jobs::close);
        assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    }
}
