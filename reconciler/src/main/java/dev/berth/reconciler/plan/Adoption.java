package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.PublishSite;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Change.StopForeign;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Reason.Adopted;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.schemas.config.App;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An app takes over from a container that Berth did not make: its own release starts beside it and
 * gets the traffic, then the other is stopped; with {@code strategy: recreate} before. It is never
 * removed, and one of another Berth never touched.
 */
final class Adoption {
    private final DesiredApp app;
    private final LiveState live;

    Adoption(DesiredApp app, LiveState live) {
        this.app = app;
        this.live = live;
    }

    /** The changes of the app with the stop in its place among them. */
    List<Change> with(List<Change> own) {
        ForeignContainer other = other();
        if (other == null || app.suspended()) {
            return own;
        }
        List<Change> changes = new ArrayList<>(own);
        if (other.instance() != null) {
            changes.add(
                    new Blocked(
                            app.id(),
                            ReasonCode.Conflict,
                            true,
                            List.of(
                                    new Held(
                                            "berth/adopt names container %s, which is of the Berth %s: only one that no Berth made can be adopted"
                                                    .formatted(other.name(), other.instance())))));
            return changes;
        }
        boolean held = own.stream().anyMatch(Blocked.class::isInstance);
        if (!other.running() || held || wantsNone() || !takesOver(own)) {
            return own;
        }
        changes.add(
                app.strategy() == App.Strategy.RECREATE ? start(own) : own.size(),
                new StopForeign(app.id(), other, app.drain(), List.of(new Adopted(other.name()))));
        return changes;
    }

    /** What is started proves itself first; what is there has to serve. */
    private boolean takesOver(List<Change> own) {
        return own.stream().anyMatch(c -> c instanceof StartRelease || c instanceof PublishSite)
                || (own.stream().noneMatch(SwitchTraffic.class::isInstance) && serves());
    }

    private boolean serves() {
        return switch (live.routes()) {
            case ServedRoutes.NotKnown _ -> false;
            case ServedRoutes.Table(var table, _) -> {
                List<Route> routes = table.ownedBy(app.id());
                yield routes.isEmpty()
                        ? app.workload() instanceof Workload.Files || runs()
                        : routes.stream().anyMatch(Adoption::answers);
            }
        };
    }

    private boolean runs() {
        return live.containersOf(app.id()).stream().anyMatch(ContainerView::running);
    }

    private static boolean answers(Route route) {
        return !route.backends().isEmpty() || route.target() instanceof Route.Files;
    }

    /** Nothing of its own would serve, or do what the other does. */
    private boolean wantsNone() {
        return app.workload() instanceof Workload.Containers containers && containers.wantsNone();
    }

    private static int start(List<Change> own) {
        for (int i = 0; i < own.size(); i++) {
            if (own.get(i) instanceof StartRelease) {
                return i;
            }
        }
        return own.size();
    }

    private @Nullable ForeignContainer other() {
        return live.foreign().stream()
                .filter(c -> c.name().equals(app.adopts()))
                .findFirst()
                .orElse(null);
    }
}
