package dev.berth.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(SECOND);
    private final RetryBudget budget = new RetryBudget(now::get);

    @Test
    void take_noRequests_tenAndThenThreeASecond() {
        assertThat(taken(100)).isEqualTo(11);

        int later = 0;
        for (int i = 0; i < 200; i++) {
            now.addAndGet(SECOND / 20);
            later += taken(5);
        }
        assertThat(later).isBetween(28, 31);
    }

    @Test
    void take_manyRequests_oneInFive() {
        taken(100);
        for (int i = 0; i < 100; i++) {
            budget.request();
        }

        assertThat(taken(100)).isEqualTo(20);
    }

    private int taken(int attempts) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += budget.take() ? 1 : 0;
        }
        return taken;
    }
}
