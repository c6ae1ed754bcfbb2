package dev.berth.reconciler.preview;

import java.time.Duration;
import java.time.Instant;

/**
 * How often in a row something was seen to be so, which one look may be wrong about.
 *
 * @param count since {@code since}
 * @param enough whether that is as good as a proof: three looks, with two minutes between the first
 *     and the last. That stays so.
 */
record Looks(int count, Instant since, boolean enough) {
    /** Nobody has looked. */
    static final Looks NONE = new Looks(0, Instant.EPOCH, false);

    private static final int LEAST = 3;
    private static final Duration LEAST_TIME = Duration.ofMinutes(2);

    /** And once more. */
    Looks and(Instant now) {
        if (enough) {
            return this;
        }
        boolean first = count == 0 || now.isBefore(since); // or the clock was set back
        Instant begin = first ? now : since;
        int times = first ? 1 : count + 1;
        return new Looks(times, begin, times >= LEAST && !now.isBefore(begin.plus(LEAST_TIME)));
    }
}
