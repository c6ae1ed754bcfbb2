package dev.berth.reconciler.clockwork;

import java.time.Duration;

/**
 * A moment that a wait ends at, by the clock that never jumps.
 *
 * @param at in {@link Clockwork#nanos}
 */
public record Deadline(long at) {

    /** So long from now. */
    public static Deadline in(Duration time, Clockwork clockwork) {
        return new Deadline(clockwork.nanos() + time.toNanos());
    }

    /** Time until then; zero once it is over. */
    public Duration left(Clockwork clockwork) {
        return Duration.ofNanos(Math.max(0, at - clockwork.nanos()));
    }

    /** So much later. */
    public Deadline later(Duration time) {
        return new Deadline(at + time.toNanos());
    }

    /** True when it is over before another one. */
    public boolean before(Deadline other) {
        return at - other.at < 0;
    }

    /** True from that moment on. */
    public boolean over(Clockwork clockwork) {
        return clockwork.nanos() - at >= 0;
    }
}
