package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Time. Whatever of the core waits for time to pass does it here. The wall clock ({@link #instant})
 * is for what people read: it may jump. Waits and deadlines count {@link #nanos}. Thread-safe.
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

    /** The machine's own. */
    static Clockwork system() {
        return SystemClockwork.INSTANCE;
    }
}
