package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The machine's clocks. */
enum SystemClockwork implements Clockwork {
    INSTANCE;

    @Override
    public Instant instant() {
        return InstantSource.system().instant();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }
}
