package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BooleanSupplier;

/**
 * The machine's clocks, set forth and back by a test. Who waits for time to pass wakes up when
 * enough has; what passes between a thread's look at a clock and its wait counts as waited, since
 * it was by that look that it decided how long. Thread-safe.
 */
public final class ShiftedClockwork implements SystemTime {
    private volatile Duration passed = Duration.ZERO;
    private volatile Duration jumped = Duration.ZERO;
    private volatile Duration eachLook = Duration.ZERO;

    /** What had passed when each thread looked last. */
    private final Map<Thread, Duration> looks = Collections.synchronizedMap(new WeakHashMap<>());

    /** So much time passes at once, by both clocks. */
    public synchronized void pass(Duration time) {
        passed = passed.plus(time);
        notifyAll();
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
        looks.put(Thread.currentThread(), passed);
        return Clockwork.system().instant().plus(passed).plus(jumped);
    }

    @Override
    public synchronized long nanos() {
        looks.put(Thread.currentThread(), passed);
        return Clockwork.system().nanos() + passed.toNanos();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        await(() -> false, time);
    }

    @Override
    public Bell bell() {
        return new ShiftedBell();
    }

    /** Until that is so, or so much time has passed by this clock. */
    private synchronized void await(BooleanSupplier enough, Duration most)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Duration since = passed.minus(looks.getOrDefault(Thread.currentThread(), passed));
        Deadline end = Deadline.in(most.minus(since), this);
        while (!enough.getAsBoolean() && !end.over(this)) {
            wait(end.left(this).toMillis() + 1); // 0 would be for ever
        }
    }

    private final class ShiftedBell implements Bell {
        private boolean rung;

        @Override
        public void ring() {
            synchronized (ShiftedClockwork.this) {
                rung = true;
                ShiftedClockwork.this.notifyAll();
            }
        }

        @Override
        public boolean await(Duration most) throws InterruptedException {
            synchronized (ShiftedClockwork.this) {
                ShiftedClockwork.this.await(() -> rung, most);
                boolean heard = rung;
                rung = false;
                return heard;
            }
        }
    }
}
