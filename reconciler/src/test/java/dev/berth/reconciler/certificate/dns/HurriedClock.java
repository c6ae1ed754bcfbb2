package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Lets time pass at once. */
final class HurriedClock implements Clockwork {
    private final AtomicLong passed = new AtomicLong();

    /** How much has passed. */
    Duration passed() {
        return Duration.ofNanos(passed.get());
    }

    @Override
    public long nanos() {
        return passed.get();
    }

    @Override
    public Instant instant() {
        return Instant.parse("2026-11-23T00:00:00Z").plus(passed());
    }

    @Override
    public void sleep(Duration time) {
        passed.addAndGet(Math.max(0, time.toNanos()));
    }

    @Override
    public Bell bell() {
        return Clockwork.system().bell();
    }

    @Override
    public Thread start(String name, Runnable task) {
        return Clockwork.system().start(name, task);
    }
}
