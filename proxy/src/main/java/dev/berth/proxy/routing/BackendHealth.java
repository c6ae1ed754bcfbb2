package dev.berth.proxy.routing;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a backend is worth a request, by what requests and checks have seen of it.
 *
 * <p>Passive: three connections in a row that were not made, or ten answers in a row with a 5xx or
 * none at all, take it out for 5 s. The next failure after that takes it out for twice as long, up
 * to 5 minutes; the next success forgets all. Active: a check that failed as often as its policy
 * says takes it out until it passes twice. Whoever chooses backends goes on using one that is out
 * when there is no other. Thread-safe, without locks: a count lost in a race is no harm.
 */
public final class BackendHealth {
    static final long FIRST_NANOS = 5_000_000_000L;
    static final int MAX_DOUBLINGS = 6;
    static final int MAX_CONNECTS = 3;
    static final int MAX_ERRORS = 10;
    private static final int PASSES_NEEDED = 2;

    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger ejections = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private volatile boolean ejected;
    private volatile long readmittedAt;
    private volatile boolean down;

    BackendHealth() {}

    /**
     * Whether it should get requests.
     *
     * @param now {@link System#nanoTime}
     */
    public boolean available(long now) {
        return !down && (!ejected || now - readmittedAt >= 0);
    }

    /** It answered, and not with a 5xx. */
    public void answered() {
        if (ejected || connects.get() != 0 || errors.get() != 0) {
            connects.set(0);
            errors.set(0);
            ejections.set(0);
            ejected = false;
        }
    }

    /** A connection to it was not made. */
    public void unreachable(long now) {
        failed(connects, MAX_CONNECTS, now);
    }

    /** It answered with a 5xx, or not at all. */
    public void erred(long now) {
        connects.set(0);
        failed(errors, MAX_ERRORS, now);
    }

    /**
     * A check of it has ended. One thread at a time.
     *
     * @param failures in a row that take it out
     */
    public void checked(boolean passed, int failures) {
        int before = checks.get();
        int inARow = passed ? Math.max(before, 0) + 1 : Math.min(before, 0) - 1;
        checks.set(inARow);
        if (-inARow >= failures) {
            down = true;
        } else if (inARow >= PASSES_NEEDED) {
            down = false;
        }
    }

    /** Its checks have ended: only requests tell from now on. */
    public void unchecked() {
        checks.set(0);
        down = false;
    }

    private void failed(AtomicInteger count, int most, long now) {
        if (ejected && now - readmittedAt < 0) {
            return; // sent before it was taken out, or because there was no other
        }
        if (count.incrementAndGet() >= most || ejected) {
            int doublings = Math.min(ejections.getAndIncrement(), MAX_DOUBLINGS);
            readmittedAt = now + (FIRST_NANOS << doublings);
            ejected = true;
            count.set(0);
        }
    }
}
