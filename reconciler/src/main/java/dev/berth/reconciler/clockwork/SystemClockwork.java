package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The machine's clocks, and virtual threads. */
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

    @Override
    public Bell bell() {
        return new PermitBell();
    }

    @Override
    public Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    private static final class PermitBell implements Bell {
        private final Semaphore rung = new Semaphore(0);

        @Override
        public void ring() {
            rung.release();
        }

        @Override
        public boolean await(Duration most) throws InterruptedException {
            boolean heard = rung.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS);
            // It may have been rung between the two.
            return rung.drainPermits() > 0 || heard;
        }
    }
}
