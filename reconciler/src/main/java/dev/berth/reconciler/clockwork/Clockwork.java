package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Time and threads. Whatever of the core waits for time to pass, or starts a thread, does it here,
 * so that a simulation can say when and in which order. The wall clock ({@link #instant}) is for
 * what people read: it may jump. Waits and deadlines count {@link #nanos}. Thread-safe.
 */
public interface Clockwork extends InstantSource {
    /** Nanoseconds since some moment; never jumps. Only differences mean anything. */
    long nanos();

    /**
     * Lets this much time pass; none when it is negative.
     *
     * @throws InterruptedException when the thread is interrupted, before or meanwhile
     */
    void sleep(Duration time) throws InterruptedException;

    /** One that nobody has rung. */
    Bell bell();

    /** A thread that runs the task and keeps no process alive. */
    Thread start(String name, Runnable task);

    /** Rung by anyone, as often as they like; remembered until one waiter has heard it. */
    interface Bell {
        void ring();

        /**
         * True once it has been rung since the last waiter heard it; false when that much time
         * passes first.
         *
         * @throws InterruptedException when the thread is interrupted, before or meanwhile
         */
        boolean await(Duration most) throws InterruptedException;
    }

    /** The machine's own. */
    static Clockwork system() {
        return SystemClockwork.INSTANCE;
    }
}
