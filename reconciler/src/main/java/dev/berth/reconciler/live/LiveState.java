package dev.berth.reconciler.live;

import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.schemas.config.ByOwner;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Route;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Everything of our instance that lives.
 *
 * @param containers all with our instance label, running or not
 * @param networks names of our networks, by the app that owns each
 * @param publishedSites static sites that lie ready for the edge: by app, directory id to absolute
 *     path
 * @param failures what failed lately, by resource
 * @param volumes named volumes, in use or not
 * @param runs containers that run once
 * @param schedulesSince since when each schedule is known as it is now
 * @param foreign containers that documents name and that may be anybody's
 * @param startedJobs jobs that were started, also when nothing is left of them
 * @param past what is remembered of the releases of each app
 */
public record LiveState(
        List<ContainerView> containers,
        Map<ResourceId, String> networks,
        Map<ResourceId, Map<String, String>> publishedSites,
        ServedRoutes routes,
        Map<ResourceId, FailedAttempt> failures,
        List<VolumeView> volumes,
        List<RunView> runs,
        Map<ResourceId, Instant> schedulesSince,
        List<ForeignContainer> foreign,
        Map<ResourceId, StartedJob> startedJobs,
        Map<ResourceId, PastReleases> past) {
    public LiveState {
        past = Map.copyOf(past);
        schedulesSince = Map.copyOf(schedulesSince);
        foreign = List.copyOf(foreign);
        startedJobs = Map.copyOf(startedJobs);
        runs = ByOwner.of(runs, RunView::owner);
        volumes = List.copyOf(volumes);
        containers = ByOwner.of(containers, ContainerView::owner);
        networks = Map.copyOf(networks);
        publishedSites = Map.copyOf(publishedSites);
        failures = Map.copyOf(failures);
    }

    /** Whose containers, networks, sites or routes there are; to change. */
    public NavigableSet<ResourceId> alive() {
        NavigableSet<ResourceId> alive = new TreeSet<>();
        containers.stream().map(ContainerView::owner).forEach(alive::add);
        runs.stream().map(RunView::owner).forEach(alive::add);
        alive.addAll(networks.keySet());
        alive.addAll(publishedSites.keySet());
        switch (routes) {
            case ServedRoutes.Table(var table, _) ->
                    table.routes().stream().map(Route::owner).forEach(alive::add);
            case ServedRoutes.NotKnown _ -> {}
        }
        return alive;
    }

    /** The same with its containers seen otherwise. */
    public LiveState with(List<ContainerView> others) {
        return with(others, schedulesSince, past);
    }

    /** The same with what is remembered of schedules. */
    public LiveState withSchedules(Map<ResourceId, Instant> since) {
        return with(containers, since, past);
    }

    /** The same with what is remembered of releases. */
    public LiveState withPast(Map<ResourceId, PastReleases> releases) {
        return with(containers, schedulesSince, releases);
    }

    private LiveState with(
            List<ContainerView> others,
            Map<ResourceId, Instant> since,
            Map<ResourceId, PastReleases> releases) {
        return new LiveState(
                others,
                networks,
                publishedSites,
                routes,
                failures,
                volumes,
                runs,
                since,
                foreign,
                startedJobs,
                releases);
    }

    /** The runs of a resource. */
    public List<RunView> runsOf(ResourceId owner) {
        return ByOwner.of(runs, RunView::owner).of(owner);
    }

    /** What is remembered of the releases of an app. */
    public PastReleases pastOf(ResourceId app) {
        return past.getOrDefault(app, PastReleases.NONE);
    }

    /** The containers of an app. */
    public List<ContainerView> containersOf(ResourceId app) {
        return ByOwner.of(containers, ContainerView::owner).of(app);
    }
}
