package dev.berth.proxy.app;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Whether an app is used: requests that are being answered or held, and when the last one ended.
 * Thread-safe.
 */
public final class Activity {
    private final LongSupplier nanoTime;
    private final AtomicInteger open = new AtomicInteger();
    private volatile long lastEnd;
    private volatile long lastAnswer;
    private volatile boolean answeredEver;

    /** Unused since now. */
    Activity(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastEnd = nanoTime.getAsLong();
    }

    /** A request has come; {@link #ended} follows. */
    public void begun() {
        open.incrementAndGet();
    }

    /** A request has ended, however. */
    public void ended() {
        lastEnd = nanoTime.getAsLong();
        open.decrementAndGet();
    }

    /** A container of the app has answered. */
    public void answered() {
        lastAnswer = nanoTime.getAsLong();
        answeredEver = true;
    }

    /** Nanoseconds without a request; 0 while there is one. */
    public long idleNanos() {
        return open.get() > 0 ? 0 : Math.max(0, nanoTime.getAsLong() - lastEnd);
    }

    /** Whether it answered within that time: then it is away only for a moment. */
    public boolean answeredWithin(long nanos) {
        return answeredEver && nanoTime.getAsLong() - lastAnswer <= nanos;
    }
}
