package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.Instant;

/** The machine's clocks, set forth and back by a test. Thread-safe. */
public final class ShiftedClockwork implements Clockwork {
    private final Clockwork system = Clockwork.system();
    private volatile Duration passed = Duration.ZERO;
    private volatile Duration jumped = Duration.ZERO;
    private volatile Duration eachLook = Duration.ZERO;

    /** So much time passes at once, by both clocks. */
    public void pass(Duration time) {
        passed = passed.plus(time);
    }

    /** The wall clock is set, forth or back by so much. */
    public synchronized void set(Duration by) {
        jumped = jumped.plus(by);
    }

    /** Each look at the wall clock finds it set by so much more. */
    public void jumpAtEachLook(Duration by) {
        eachLook = by;
    }

    @Override
    public synchronized Instant instant() {
        jumped = jumped.plus(eachLook);
        return system.instant().plus(passed).plus(jumped);
    }

    @Override
    public long nanos() {
        return system.nanos() + passed.toNanos();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        system.sleep(time);
    }

    @Override
    public Bell bell() {
        return system.bell();
    }

    @Override
    public Thread start(String name, Runnable task) {
        return system.start(name, task);
    }
}
