package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which releases serve, and which served last. Pure.
 *
 * @param declared before anything is followed
 */
record Traffic(DesiredState.Known declared, LiveState live) {
    /**
     * The release that served an app last, by what is seen now.
     *
     * <ol>
     *   <li>Nothing of an app is to serve that is suspended, scaled to nothing, asleep, or static
     *       files by now. What served before has ended, and nobody lost it.
     *   <li>Else it is the one that the routes lead to. To begin to serve is to be proven.
     *   <li>Where no route leads, it is the one that runs whole and alone, if it was ready: another
     *       may be proving itself. When nothing is remembered, any but the declared one counts.
     *   <li>When none or several are seen, it is the one of before.
     * </ol>
     *
     * @param before the one of before; {@code null} = none
     * @param ready the releases that are known to have been ready
     */
    @Nullable String last(DesiredApp app, @Nullable String before, Set<String> ready) {
        if (hasEnded(app)) {
            return null;
        }
        Set<String> now = isReachedByRoutes(app) ? routed(app.id()) : whole(app, ready);
        return now.size() == 1 ? now.iterator().next() : before;
    }

    private boolean hasEnded(DesiredApp app) {
        return app.suspended()
                || (app.workload() instanceof Workload.Containers wanted && wanted.wantsNone())
                || isAsleepOrFiles(routes(app.id()));
    }

    private static boolean isAsleepOrFiles(List<Route> routes) {
        return !routes.isEmpty()
                && routes.stream()
                        .map(Route::target)
                        .allMatch(to -> to instanceof Route.Asleep || to instanceof Route.Files);
    }

    private boolean isReachedByRoutes(DesiredApp app) {
        return switch (app.workload()) {
            case Workload.Files _ -> true;
            case Workload.Containers wanted -> {
                Set<String> routed = declared.claims().processesOf(app.id());
                yield wanted.processes().entrySet().stream()
                        .anyMatch(p -> p.getValue().replicas() > 0 && routed.contains(p.getKey()));
            }
        };
    }

    private Set<String> whole(DesiredApp app, Set<String> ready) {
        Set<String> alive = alive(app.id());
        return LivingReleases.of(live, app.id()).stream()
                .map(KnownRelease::id)
                .filter(id -> alive.equals(Set.of(id)))
                .filter(id -> ready.isEmpty() ? !isDeclared(app, id) : ready.contains(id))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isDeclared(DesiredApp app, String release) {
        return app.workload() instanceof Workload.Containers wanted
                && Release.idOf(wanted).equals(release);
    }

    /** The releases that serve an app, or run where nothing leads to it; empty if none is known. */
    Set<String> serving(ResourceId app) {
        return declared.claims().servedBy(app).isEmpty() ? alive(app) : routed(app);
    }

    private Set<String> alive(ResourceId app) {
        return releases(live.containersOf(app).stream().filter(ContainerView::alive).toList());
    }

    private Set<String> routed(ResourceId app) {
        Set<String> backends =
                routes(app).stream()
                        .flatMap(route -> route.backends().stream())
                        .map(Backend::container)
                        .collect(Collectors.toUnmodifiableSet());
        return releases(
                live.containersOf(app).stream()
                        .filter(c -> backends.contains(c.id().shortId()))
                        .toList());
    }

    private List<Route> routes(ResourceId app) {
        return switch (live.routes()) {
            case ServedRoutes.NotKnown _ -> List.of();
            case ServedRoutes.Table(var table, _) -> table.ownedBy(app);
        };
    }

    /** True while only the edge could tell what serves an app. */
    boolean isUnseen(ResourceId app) {
        return live.routes() instanceof ServedRoutes.NotKnown
                && !declared.claims().servedBy(app).isEmpty();
    }

    private static Set<String> releases(List<ContainerView> containers) {
        return containers.stream()
                .map(ContainerView::release)
                .collect(Collectors.toUnmodifiableSet());
    }
}
