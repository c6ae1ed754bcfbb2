package dev.berth.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackendHealthTest {
    private static final long FIRST = BackendHealth.FIRST_NANOS;

    private final BackendHealth health = new BackendHealth();
    private long now = 42;

    @Test
    void unreachable_threeInARow_takesItOutForAWhile() {
        fail(2);
        assertThat(health.available(now)).isTrue();

        fail(1);
        assertThat(health.available(now)).isFalse();
        assertThat(health.available(now + FIRST - 1)).isFalse();
        assertThat(health.available(now + FIRST)).isTrue();
    }

    @Test
    void answered_inBetween_startsTheCountAnew() {
        fail(2);
        health.answered();
        fail(2);

        assertThat(health.available(now)).isTrue();
    }

    @Test
    void unreachable_afterReadmission_isOutTwiceAsLongEachTime() {
        fail(3);
        long wait = FIRST;
        for (int i = 0; i < 10; i++) {
            now += wait;
            assertThat(health.available(now)).isTrue();
            fail(1);
            wait = Math.min(2 * wait, FIRST << BackendHealth.MAX_DOUBLINGS);
            assertThat(health.available(now + wait - 1)).as("round " + i).isFalse();
            assertThat(health.available(now + wait)).as("round " + i).isTrue();
        }
        now += wait;
        health.answered();
        fail(2);
        assertThat(health.available(now)).isTrue();
        fail(1);
        assertThat(health.available(now + FIRST)).isTrue();
    }

    @Test
    void erred_tenInARow_takesItOut() {
        for (int i = 0; i < BackendHealth.MAX_ERRORS - 1; i++) {
            health.erred(now);
        }
        assertThat(health.available(now)).isTrue();

        health.erred(now);
        assertThat(health.available(now)).isFalse();
    }

    @Test
    void checked_failsAsOftenAsAllowed_isOutUntilTwoPasses() {
        health.checked(false, 2);
        health.checked(true, 2);
        health.checked(false, 2);
        assertThat(health.available(now)).isTrue();

        health.checked(false, 2);
        assertThat(health.available(now)).isFalse();
        health.checked(true, 2);
        assertThat(health.available(now)).isFalse();
        health.checked(true, 2);
        assertThat(health.available(now)).isTrue();
    }

    @Test
    void unchecked_whileDown_isBack() {
        health.checked(false, 1);
        assertThat(health.available(now)).isFalse();

        health.unchecked();
        assertThat(health.available(now)).isTrue();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            health.unreachable(now);
        }
    }
}
