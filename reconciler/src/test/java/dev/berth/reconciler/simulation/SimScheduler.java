package dev.berth.reconciler.simulation;

import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs the virtual threads of simulated processes one at a time, on the thread that asks for it.
 * Which goes on at a {@link #yieldPoint} or after a park is chosen by the seed; when none can, time
 * moves to the next timer. So a run is a function of its seed: locks, queues, futures and
 * interrupts work as ever, and nobody waits for real.
 *
 * <p>Virtual threads that such a thread starts in any way, also by an executor of the JDK, belong
 * to the same process: the JDK hands the scheduler down. Threads may use {@link SimClockwork} for
 * waits with a time limit, nothing else: a timed park of the JDK's own would be woken by a thread
 * of its own, which fails the run. They must not yield in a monitor that others want. The JDK has
 * no public way to give virtual threads a scheduler: the constructor is opened by {@code
 * --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class SimScheduler {
    private static final Constructor<?> BUILDER = builder();

    /** Of four choices three go on with the same thread: most bugs need few switches. */
    private static final int STAYING = 4;

    private final RandomGenerator random;
    private final List<Ready> ready = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Thread pump = Thread.currentThread();
    private @Nullable Runnable latest;
    private volatile @Nullable Throwable stray;
    private long nanos;
    private long steps;
    private long timersMade;

    /** Nothing runs. Belongs to the thread that makes it. */
    SimScheduler(RandomGenerator random) {
        this.random = random;
    }

    private record Ready(SimProcess process, Runnable continuation) {}

    /** What is to happen at a time; of two at the same time the first made is first. */
    private record Timer(long at, long number, SimProcess process, Runnable action)
            implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    /**
     * A process: what was not done when it is killed is never done, not even its finally blocks.
     */
    final class SimProcess {
        private final String name;
        private boolean killed;

        private SimProcess(String name) {
            this.name = name;
        }

        void kill() {
            killed = true;
        }

        boolean killed() {
            return killed;
        }

        Thread start(String threadName, Runnable task) {
            Thread thread =
                    builder(continuation -> submit(this, continuation))
                            .name(name + "/" + threadName)
                            .unstarted(task);
            thread.start();
            return thread;
        }

        /** At its time the action is run by the pump, unless the process is killed before. */
        void at(long time, Runnable action) {
            timers.add(new Timer(time, timersMade++, this, action));
        }
    }

    /** A new process with no threads. */
    SimProcess process(String name) {
        return new SimProcess(name);
    }

    /** Virtual time. */
    long nanos() {
        return nanos;
    }

    /** Pieces of threads that were run so far. */
    long steps() {
        return steps;
    }

    /**
     * Runs until nothing is left to do before a time from now, which then is now.
     *
     * @param afterEach after each piece of a thread
     */
    void run(Duration time, Runnable afterEach) {
        checkNobodyStrayed();
        long until = nanos + time.toNanos();
        while (true) {
            while (!ready.isEmpty()) {
                step();
                afterEach.run();
            }
            Timer next = timers.peek();
            if (next == null || next.at > until) {
                nanos = until;
                return;
            }
            timers.remove();
            nanos = Math.max(nanos, next.at);
            if (!next.process.killed) {
                next.action.run();
            }
        }
    }

    private void step() {
        Ready chosen = ready.remove(choice());
        if (chosen.process.killed) {
            return;
        }
        latest = chosen.continuation;
        steps++;
        chosen.continuation.run();
        checkNobodyStrayed();
    }

    private void checkNobodyStrayed() {
        if (stray != null) {
            throw new IllegalStateException("a thread was woken from outside", stray);
        }
    }

    private int choice() {
        if (ready.size() == 1) {
            return 0;
        }
        if (random.nextInt(STAYING) > 0) {
            for (int i = 0; i < ready.size(); i++) {
                if (ready.get(i).continuation.equals(latest)) {
                    return i;
                }
            }
        }
        return random.nextInt(ready.size());
    }

    /** Called by the JDK on whatever thread starts, unparks or yields. */
    private void submit(SimProcess process, Runnable continuation) {
        Thread caller = Thread.currentThread();
        if (!caller.equals(pump) && !caller.isVirtual()) {
            stray = new IllegalStateException("woken by " + caller);
            return;
        }
        ready.add(new Ready(process, continuation));
    }

    /** A place where another thread may go on: calls to the outside begin and end with it. */
    @SuppressWarnings("ThreadPriorityCheck") // to the seed, not to the machine
    static void yieldPoint() {
        Thread.yield();
    }

    /** Parks until told to go on; also returns when the thread is interrupted. */
    static void park(BooleanSupplier over) {
        while (!over.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    private static Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no virtual threads of our own", e);
        }
    }

    private static Constructor<?> builder() {
        try {
            Constructor<?> found =
                    Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                            .getDeclaredConstructor(Executor.class);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no virtual threads of our own", e);
        }
    }
}
