package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Releases that can be read off their containers, for a home that has forgotten them. Pure. */
final class LivingReleases {
    private LivingReleases() {}

    /** Those of an app of which every process is there. */
    static List<KnownRelease> of(LiveState live, ResourceId app) {
        SortedMap<String, List<ContainerView>> byRelease = new TreeMap<>();
        for (ContainerView container : live.containersOf(app)) {
            if (container.running()) {
                byRelease
                        .computeIfAbsent(container.release(), _ -> new ArrayList<>())
                        .add(container);
            }
        }
        List<KnownRelease> whole = new ArrayList<>();
        for (Map.Entry<String, List<ContainerView>> release : byRelease.entrySet()) {
            KnownRelease read = read(release.getKey(), release.getValue());
            if (isWhole(read)) {
                whole.add(read);
            }
        }
        return whole;
    }

    private static KnownRelease read(String id, List<ContainerView> containers) {
        SortedMap<String, ContainerTemplate> processes = new TreeMap<>();
        SortedMap<String, Integer> replicas = new TreeMap<>();
        for (ContainerView container : containers) {
            replicas.merge(container.process(), 1, Integer::sum);
            if (container.template() != null) {
                processes.put(container.process(), container.template());
            }
        }
        ContainerView one = containers.getFirst();
        return new KnownRelease(
                id,
                processes.isEmpty() ? "" : processes.firstEntry().getValue().image(),
                one.revision(),
                one.createdAt(),
                processes,
                replicas);
    }

    /** Its id is a hash of all of it. */
    private static boolean isWhole(KnownRelease release) {
        return !release.processes().isEmpty()
                && Release.idOf(release.processes()).equals(release.id());
    }
}
