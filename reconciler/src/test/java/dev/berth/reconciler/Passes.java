package dev.berth.reconciler;

import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Duration;

/** What a loop does with a reconciler beside its passes, for a loop of tests in other packages. */
public final class Passes {
    private Passes() {}

    /** How long until a pass is due without a trigger. */
    public static Duration untilNext(Reconciler reconciler, Clockwork clock) {
        Duration poll = reconciler.nextPoll().left(clock);
        return reconciler
                .nextRetry()
                .map(at -> Duration.between(clock.instant(), at))
                .map(left -> left.isPositive() ? left : Duration.ZERO)
                .filter(retry -> retry.compareTo(poll) < 0)
                .orElse(poll);
    }
}
