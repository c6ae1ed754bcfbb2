package dev.berth.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WakesTest {
    private final AtomicInteger told = new AtomicInteger();
    private final Wakes wakes = new Wakes(told::incrementAndGet);

    @Test
    void ask_asleep_isAskedForOnce() {
        wakes.retain(Set.of("a", "b"));

        wakes.ask("b");
        wakes.ask("a");
        wakes.ask("a");

        assertThat(wakes.asked()).containsExactly("a", "b");
        assertThat(told).hasValue(2);
    }

    @Test
    void ask_byATableThatIsOver_doesNotEndTheNextSleep() {
        wakes.retain(Set.of("a"));
        wakes.expect(Set.of());
        wakes.retain(Set.of()); // awake

        wakes.ask("a"); // by a request that read the table before
        wakes.expect(Set.of("a"));
        wakes.retain(Set.of("a"));

        assertThat(wakes.asked()).isEmpty();
        assertThat(told).hasValue(0);
    }

    @Test
    void ask_byATableJustBeforeItCounts_isNotLost() {
        wakes.expect(Set.of("a"));
        wakes.ask("a");
        wakes.retain(Set.of("a"));

        assertThat(wakes.asked()).containsExactly("a");
    }
}
