package dev.berth.reconciler.simulation;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Virtual time and threads of one simulated process. Its wall clock can be made to jump. */
final class SimClockwork implements Clockwork {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    /** Inherited by the threads that work starts. */
    private static final InheritableThreadLocal<@Nullable Object> WORK =
            new InheritableThreadLocal<>();

    private final SimScheduler scheduler;
    private final SimProcess process;
    private Duration jumped = Duration.ZERO;

    SimClockwork(SimScheduler scheduler, SimProcess process) {
        this.scheduler = scheduler;
        this.process = process;
    }

    /** Moves the wall clock, forth or back. */
    void jump(Duration by) {
        jumped = jumped.plus(by);
    }

    /** The clock of another process, which is set right. */
    SimClockwork of(SimProcess other) {
        return new SimClockwork(scheduler, other);
    }

    @Override
    public Instant instant() {
        return EPOCH.plusNanos(scheduler.nanos()).plus(jumped);
    }

    @Override
    public long nanos() {
        return scheduler.nanos();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        var _ = new SimBell().await(time);
    }

    @Override
    public Bell bell() {
        return new SimBell();
    }

    @Override
    public Thread start(String name, Runnable task) {
        return process.start(
                name,
                name.startsWith("work on ")
                        ? () -> {
                            WORK.set(new Object());
                            task.run();
                        }
                        : task);
    }

    /** Stands for the work that this thread has a part in; {@code null} = none. */
    static @Nullable Object work() {
        return WORK.get();
    }

    private final class SimBell implements Bell {
        private boolean rung;
        private @Nullable Thread waiter;

        @Override
        public void ring() {
            rung = true;
            LockSupport.unpark(waiter);
        }

        @Override
        public boolean await(Duration most) throws InterruptedException {
            boolean[] over = new boolean[1];
            Thread self = Thread.currentThread();
            waiter = self;
            if (!rung && most.isPositive()) {
                process.at(
                        scheduler.nanos() + most.toNanos(),
                        () -> {
                            over[0] = true;
                            LockSupport.unpark(self);
                        });
                SimScheduler.park(() -> rung || over[0]);
            }
            waiter = null;
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            boolean heard = rung;
            rung = false;
            return heard;
        }
    }
}
