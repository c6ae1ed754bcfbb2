package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.PastReleases;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An app as it is declared, beside what lives of it: all that its part of a plan looks at.
 *
 * @param routes that lead to it
 * @param routed processes that they lead to
 * @param containers of it, of any release
 * @param network its own, by name
 */
record AppAtHand(
        String instance,
        DesiredApp app,
        List<DesiredRoute> routes,
        Set<String> routed,
        LiveState live,
        Instant now,
        List<ContainerView> containers,
        String network,
        Served served) {
    static AppAtHand of(DesiredState.Known desired, DesiredApp app, LiveState live, Instant now) {
        return new AppAtHand(
                desired.instance(),
                app,
                desired.claims().servedBy(app.id()),
                desired.claims().processesOf(app.id()),
                live,
                now,
                live.containersOf(app.id()),
                ObjectNames.network(desired.instance(), app.id()),
                Served.of(live.routes(), app.id(), desired.claims()));
    }

    /** What is remembered of its releases. */
    PastReleases past() {
        return live.pastOf(app.id());
    }

    /** What failed for it last; {@code null} when nothing did. */
    @Nullable FailedAttempt failure() {
        return live.failures().get(app.id());
    }

    /** What keeps the declared release from being tried now; {@code null} when nothing does. */
    @Nullable FailedAttempt standingFailure() {
        FailedAttempt failure = failure();
        return failure != null && failure.stands(app.generation().text(), now) ? failure : null;
    }

    /** True when requests can get to a container. */
    boolean isReached(ContainerView container) {
        return container.running() && RouteResolver.backend(container, network) != null;
    }
}
