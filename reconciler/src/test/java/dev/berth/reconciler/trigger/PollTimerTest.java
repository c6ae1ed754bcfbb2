package dev.berth.reconciler.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.FixedRandom;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PollTimerTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private static PollTimer at(double random) {
        FixedRandom fixed = new FixedRandom(random);
        return new PollTimer(INTERVAL, new Backoff(fixed), fixed);
    }

    @Test
    void nextPoll_noFailure_isTheIntervalWithATenthOfJitter() {
        assertThat(at(0.5).nextPoll(0)).isEqualTo(INTERVAL);
        assertThat(at(0).nextPoll(0)).isEqualTo(Duration.ofSeconds(27));
        assertThat(at(0.999999).nextPoll(0)).isEqualTo(Duration.ofSeconds(33));
        Random random = new Random(1);
        PollTimer timer = new PollTimer(INTERVAL, new Backoff(random), random);
        for (int run = 0; run < 1000; run++) {
            assertThat(timer.nextPoll(0)).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(33));
        }
    }

    @Test
    void nextPoll_failures_isShortAtFirstAndLongInAnOutage() {
        assertThat(at(0.5).nextPoll(1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(at(0.5).nextPoll(4)).isEqualTo(Duration.ofSeconds(16));
        assertThat(at(0.5).nextPoll(20)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void withInterval_anotherOne_countsFromNowOn() {
        assertThat(at(0.5).withInterval(Duration.ofHours(1)).nextPoll(0))
                .isEqualTo(Duration.ofHours(1));
        assertThat(at(0.5).withInterval(Duration.ofHours(1)).nextPoll(1))
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void new_intervalOfZero_isABug() {
        Random random = new Random(1);
        assertThatThrownBy(() -> new PollTimer(Duration.ZERO, new Backoff(random), random))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
