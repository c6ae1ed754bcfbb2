package dev.berth.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BodyProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final BodyProgress progress =
            new BodyProgress(new BodyProgress.Rate(1000, Duration.ofSeconds(10)));
    private long now = -50 * SECOND;

    @Test
    void received_tenMinutesAtTenKilobytes_isFastEnough() {
        BodyProgress usual = new BodyProgress(BodyProgress.SLOWEST);
        for (int i = 0; i < 600; i++) {
            now += SECOND;
            assertThat(usual.received(10_000, now)).isTrue();
        }
    }

    @Test
    void received_dripping_isTooSlowInTheFirstWindow() {
        for (int second = 0; second < 10; second++) {
            assertThat(progress.received(1, now + second * SECOND)).isTrue();
        }
        assertThat(progress.received(1, now + 10 * SECOND)).isFalse();
    }

    @Test
    void received_fastAtFirst_mustStayFast() {
        assertThat(progress.received(1_000_000, now)).isTrue();
        assertThat(progress.received(1, now + 10 * SECOND)).isTrue();
        assertThat(progress.received(1, now + 20 * SECOND)).isFalse();
    }

    @Test
    void paused_longTime_doesNotCount() {
        assertThat(progress.received(1, now)).isTrue();
        progress.paused();
        assertThat(progress.received(1, now + 100 * SECOND)).isTrue();
        assertThat(progress.received(998, now + 105 * SECOND)).isTrue();
        assertThat(progress.received(1, now + 110 * SECOND)).isTrue();
    }
}
