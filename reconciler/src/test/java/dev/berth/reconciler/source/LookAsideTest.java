package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class LookAsideTest {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean interrupted = new AtomicBoolean();

    private SourceReading hang() {
        asked.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.set(true);
        }
        return new SourceReading.Unavailable("interrupted");
    }

    @Test
    void close_whileAServerDoesNotAnswer_breaksTheLookOff() throws Exception {
        LookAside aside = new LookAside(this::hang, () -> {}, Clockwork.system());
        assertThat(aside.latestVerified(() -> asked.getCount() == 0)).isNull();
        assertThat(aside.isLooking()).isTrue();
        long begin = System.nanoTime();

        aside.close();

        assertThat(interrupted).as("its thread has ended by now").isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void close_whileNobodyLooks_isNothing() throws Exception {
        LookAside aside =
                new LookAside(
                        () -> new SourceReading.Unavailable("no repo"),
                        () -> {},
                        Clockwork.system());
        assertThat(aside.latestVerified(() -> false)).isNotNull();

        aside.close();

        assertThat(aside.isLooking()).isFalse();
    }
}
