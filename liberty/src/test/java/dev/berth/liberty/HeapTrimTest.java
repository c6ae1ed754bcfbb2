package dev.berth.liberty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HeapTrimTest {
    private final AtomicInteger collections = new AtomicInteger();

    @Test
    void look_grownByMoreThanASixteenth_collects() {
        trim(86, 80).look();

        assertThat(collections).hasValue(1);
    }

    @Test
    void look_grownByASixteenth_doesNothing() {
        trim(85, 80).look();

        assertThat(collections).hasValue(0);
    }

    @Test
    void look_nothingThere_doesNothing() {
        trim(0, 0).look();

        assertThat(collections).hasValue(0);
    }

    private HeapTrim trim(long used, long left) {
        return new HeapTrim(() -> used, () -> left, collections::incrementAndGet);
    }
}
