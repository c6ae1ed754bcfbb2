package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why something is not tried now.
 *
 * @param until {@code null} = it may be tried
 * @param failures in a row
 */
record Pause(@Nullable Deadline until, int failures) {
    /** Nothing has failed. */
    static final Pause NONE = new Pause(null, 0);

    /** After one more failure: as long as was asked for, and longer each time. */
    Pause longer(ForgeException why, Backoff backoff, Clockwork clock) {
        Duration usual = backoff.delay(failures + 1);
        Duration wanted = why.retryAfter();
        Duration time = wanted == null || wanted.compareTo(usual) < 0 ? usual : wanted;
        return new Pause(Deadline.in(time, clock), failures + 1);
    }

    /** The same failures, and so long from now. */
    Pause lasting(Duration time, Clockwork clock) {
        return new Pause(Deadline.in(time, clock), failures);
    }

    boolean over(Clockwork clock) {
        return until == null || until.over(clock);
    }

    Duration left(Clockwork clock) {
        return until == null ? Duration.ZERO : until.left(clock);
    }
}
