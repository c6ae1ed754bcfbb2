package dev.berth.reconciler.trigger;

import dev.berth.reconciler.clockwork.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to look at the repos next. After a good look that is the interval, a tenth shorter or longer
 * so that many Berths do not ask a server in step; after failures it is the backoff, which is short
 * at first (a hiccup must not cost an interval) and long in an outage.
 */
public final class PollTimer {
    private static final double JITTER = 0.1;

    private final Duration interval;
    private final Backoff backoff;
    private final RandomGenerator random;

    /**
     * @param interval positive
     */
    public PollTimer(Duration interval, Backoff backoff, RandomGenerator random) {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("interval must be positive: " + interval);
        }
        this.interval = interval;
        this.backoff = backoff;
        this.random = random;
    }

    /**
     * The time to wait from now on.
     *
     * @param failuresInARow looks that gave no newest revision, since the last one that did; 0 or
     *     more
     */
    public Duration nextPoll(int failuresInARow) {
        return failuresInARow == 0
                ? Backoff.spread(interval, JITTER, random)
                : backoff.delay(failuresInARow);
    }

    /** The same with another interval, which the config repo may set at any time. */
    public PollTimer withInterval(Duration next) {
        return next.equals(interval) ? this : new PollTimer(next, backoff, random);
    }
}
