package dev.berth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void percentile_ofTwentyInAnyOrder_isTheNearestRank() {
        Samples samples = new Samples();
        for (int i = 20; i >= 1; i--) {
            samples.add(Duration.ofMillis(i));
        }

        assertThat(samples.percentile(50)).isEqualTo(Duration.ofMillis(10));
        assertThat(samples.percentile(95)).isEqualTo(Duration.ofMillis(19));
        assertThat(samples.percentile(100)).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void percentile_ofOne_isThatOne() {
        Samples samples = new Samples();
        samples.add(Duration.ofMillis(7));

        assertThat(samples.percentile(1)).isEqualTo(Duration.ofMillis(7));
        assertThat(samples).hasToString("p50 7, p95 7, worst 7 ms (n = 1)");
    }

    @Test
    void percentile_ofNone_isABug() {
        assertThatThrownBy(() -> new Samples().percentile(50))
                .isInstanceOf(IllegalStateException.class);
    }
}
