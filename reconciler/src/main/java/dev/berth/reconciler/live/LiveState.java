package dev.berth.reconciler.live;

import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;

/**
 * Everything of our instance that lives.
 *
 * @param containers all with our instance label, running or not
 * @param networks names of our networks, by the app that owns each
 * @param publishedSites static sites that lie ready for the edge: by app, directory id to absolute
 *     path
 * @param failures what failed lately, by resource
 * @param volumes named volumes, in use or not
 */
public record LiveState(
        List<ContainerView> containers,
        Map<ResourceId, String> networks,
        Map<ResourceId, Map<String, String>> publishedSites,
        ServedRoutes routes,
        Map<ResourceId, FailedAttempt> failures,
        List<VolumeView> volumes) {
    public LiveState {
        volumes = List.copyOf(volumes);
        containers = List.copyOf(containers);
        networks = Map.copyOf(networks);
        publishedSites = Map.copyOf(publishedSites);
        failures = Map.copyOf(failures);
    }

    /** One without volumes. */
    public LiveState(
            List<ContainerView> containers,
            Map<ResourceId, String> networks,
            Map<ResourceId, Map<String, String>> publishedSites,
            ServedRoutes routes,
            Map<ResourceId, FailedAttempt> failures) {
        this(containers, networks, publishedSites, routes, failures, List.of());
    }

    /** The containers of an app. */
    public List<ContainerView> containersOf(ResourceId app) {
        return containers.stream().filter(c -> c.owner().equals(app)).toList();
    }
}
