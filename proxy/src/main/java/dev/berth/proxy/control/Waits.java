package dev.berth.proxy.control;

import java.time.Duration;

/** Which durations of a snapshot can be waited for: in nanoseconds they must fit a number. */
final class Waits {
    static final String PROBLEM = "its hold is negative or has no end";
    private static final Duration MOST = Duration.ofDays(3650);

    private Waits() {}

    /** Not negative, and at most ten years. */
    static boolean fits(Duration duration) {
        return !duration.isNegative() && duration.compareTo(MOST) <= 0;
    }
}
