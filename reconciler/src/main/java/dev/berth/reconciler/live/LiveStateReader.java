package dev.berth.reconciler.live;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks at the engine, the edge, the published sites and what failed lately, and puts it into one
 * snapshot. Whatever keeps it from seeing the whole makes the observation {@link
 * Observation.Unknown}: half a picture is never shown as a whole one. An edge that did not report
 * yet is part of the picture ({@link ServedRoutes.NotKnown}). Thread-safe if its sources are.
 */
public final class LiveStateReader {
    private final LiveContainers engine;
    private final Supplier<ServedRoutes> routes;
    private final PublishedSites sites;
    private final Supplier<Map<ResourceId, FailedAttempt>> failures;
    private final Supplier<Map<ResourceId, StartedJob>> startedJobs;

    /** Makes a reader that knows of no jobs but those it sees. */
    public LiveStateReader(
            LiveContainers engine,
            Supplier<ServedRoutes> routes,
            PublishedSites sites,
            Supplier<Map<ResourceId, FailedAttempt>> failures) {
        this(engine, routes, sites, failures, Map::of);
    }

    /**
     * Makes a reader.
     *
     * @param routes what the edge serves; {@code TrafficSwitch::served}
     * @param failures what failed lately, by resource
     * @param startedJobs jobs that were started
     */
    public LiveStateReader(
            LiveContainers engine,
            Supplier<ServedRoutes> routes,
            PublishedSites sites,
            Supplier<Map<ResourceId, FailedAttempt>> failures,
            Supplier<Map<ResourceId, StartedJob>> startedJobs) {
        this.engine = engine;
        this.routes = routes;
        this.sites = sites;
        this.failures = failures;
        this.startedJobs = startedJobs;
    }

    /** What lives of this instance now; takes as long as the engine's calls may take, no longer. */
    public Observation observe(String instance) {
        return observe(instance, Set.of());
    }

    /**
     * The same.
     *
     * @param names containers to look at that may be anybody's
     */
    public Observation observe(String instance, Set<String> names) {
        try {
            return new Observation.Known(
                    new LiveState(
                            engine.containers(instance),
                            engine.networks(instance),
                            sites.published(),
                            routes.get(),
                            failures.get(),
                            engine.volumes(instance),
                            engine.runs(instance),
                            Map.of(),
                            names.isEmpty() ? List.of() : engine.foreign(names),
                            startedJobs.get(),
                            Map.of()));
        } catch (ReconcileException e) {
            return new Observation.Unknown(e.getMessage());
        }
    }

    /** The static sites that lie on disk, ready for the edge. */
    @FunctionalInterface
    public interface PublishedSites {
        /**
         * By app: directory id to absolute path.
         *
         * @throws ReconcileException.Transient if the disk can't be read
         */
        Map<ResourceId, Map<String, String>> published() throws ReconcileException;
    }
}
