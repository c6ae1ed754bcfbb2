package dev.berth.reconciler.clockwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    /** Always in the middle: no jitter. */
    private static final RandomGenerator MIDDLE = new FixedRandom(0.5);

    @Test
    void delay_failuresInARow_doublesUpToFiveMinutes() {
        Backoff backoff = new Backoff(MIDDLE);
        assertThat(IntStream.rangeClosed(1, 10).mapToObj(backoff::delay).map(Duration::toSeconds))
                .containsExactly(2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    }

    @Test
    void delay_veryManyFailures_staysAtTheLimit() {
        assertThat(new Backoff(MIDDLE).delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void delay_anyRandomness_staysWithinAFifthAndTheLimit() {
        Backoff backoff = new Backoff(new Random(42));
        for (int run = 0; run < 1000; run++) {
            assertThat(backoff.delay(3))
                    .isBetween(Duration.ofMillis(6400), Duration.ofMillis(9600));
            assertThat(backoff.delay(50)).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        }
    }

    @Test
    void delay_twoThatFailTogether_differ() {
        Backoff backoff = new Backoff(new Random(42));
        Set<Duration> delays = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            delays.add(backoff.delay(5));
        }
        assertThat(delays).hasSizeGreaterThan(15);
    }

    @Test
    void delay_noFailure_isABug() {
        assertThatThrownBy(() -> new Backoff(MIDDLE).delay(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
