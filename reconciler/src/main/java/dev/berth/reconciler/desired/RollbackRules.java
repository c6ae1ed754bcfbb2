package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import java.time.Duration;

/**
 * Which apps go back by themselves from a release that fails after it has taken over. Pure.
 *
 * <ul>
 *   <li>Unless its document says otherwise, an app does for some minutes. One with a release
 *       command does not: an older release may not know what to do with a migrated database.
 *   <li>One that can't run twice at a time never does: it would have to be stopped for a release
 *       that may not start.
 *   <li>One that is pinned or suspended is where a person wants it.
 * </ul>
 */
final class RollbackRules {
    private static final Duration USUAL = Duration.ofMinutes(5);

    private RollbackRules() {}

    /** The time after a switch in which an app goes back; zero = it does not. */
    static Duration window(App.Spec spec) {
        if (spec.suspend()
                || spec.pin() != null
                || spec.staticFiles() != null
                || spec.rollout().strategy() == App.Strategy.RECREATE) {
            return Duration.ZERO;
        }
        Duration asked = spec.rollout().rollbackWindow();
        if (asked != null) {
            return asked;
        }
        return spec.release() == null ? USUAL : Duration.ZERO;
    }

    static void check(App.Spec spec, ReadDocument read, Problems problems) {
        Duration asked = spec.rollout().rollbackWindow();
        if (asked != null
                && asked.isPositive()
                && spec.rollout().strategy() == App.Strategy.RECREATE) {
            problems.add(
                    read.at("spec", "rollout", "rollbackWindow"),
                    "spec.rollout.rollbackWindow",
                    Problem.Code.VALUE,
                    "an app with strategy recreate can't go back by itself, since it would be"
                            + " stopped first: take the line away, or use strategy bluegreen");
        }
    }
}
