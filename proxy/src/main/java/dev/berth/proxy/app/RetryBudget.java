package dev.berth.proxy.app;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How often the requests of an app may be sent once more: one in five, and three a second beside
 * that, so that an app with few requests has retries too. When everything fails, retries must not
 * be what keeps it down. Thread-safe.
 */
public final class RetryBudget {
    private static final long PER_REQUEST = 200;
    private static final long PER_RETRY = 1000;
    private static final long MOST = 100 * PER_RETRY;
    private static final long SPARE_PER_SECOND = 3;

    private final LongSupplier nanoTime;
    private final AtomicLong earned = new AtomicLong(10 * PER_RETRY);
    private final AtomicLong spareFrom;

    /**
     * With ten retries at hand.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public RetryBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.spareFrom = new AtomicLong(nanoTime.getAsLong());
    }

    /** A request came. */
    public void request() {
        if (earned.get() < MOST) {
            earned.addAndGet(PER_REQUEST);
        }
    }

    /** Takes a retry out; false when there is none. */
    public boolean take() {
        return takeEarned() || takeSpare();
    }

    private boolean takeEarned() {
        while (true) {
            long left = earned.get();
            if (left < PER_RETRY) {
                return false;
            }
            if (earned.compareAndSet(left, left - PER_RETRY)) {
                return true;
            }
        }
    }

    /** One in each third of a second; what is not used is not saved up. */
    private boolean takeSpare() {
        long now = nanoTime.getAsLong();
        long from = spareFrom.get();
        return now - from >= 0
                && spareFrom.compareAndSet(from, now + 1_000_000_000L / SPARE_PER_SECOND);
    }
}
