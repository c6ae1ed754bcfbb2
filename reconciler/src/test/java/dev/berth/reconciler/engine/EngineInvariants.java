package dev.berth.reconciler.engine;

import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in an engine that has converged: no two containers of a name; no network without a
 * container of its app; a container that runs is in its networks, which exist; a container of ours
 * mounts only volumes that are labelled as its app's.
 */
final class EngineInvariants {
    private EngineInvariants() {}

    static List<String> broken(FakeHost host) {
        List<String> broken = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (FakeContainer container : host.containers.values()) {
            if (!names.add(container.name)) {
                broken.add("two containers are named " + container.name);
            }
            if (container.live()) {
                container.networks.keySet().stream()
                        .filter(network -> !host.networks.containsKey(network))
                        .forEach(n -> broken.add(container.name + " is in lost network " + n));
            }
            strayMounts(host, container, broken);
        }
        host.networks.forEach(
                (name, labels) -> {
                    Optional<ResourceId> app = ContainerLabels.owner(labels);
                    if (app.isPresent() && !hasContainer(host, labels.get(Labels.INSTANCE), app)) {
                        broken.add("orphan network " + name);
                    }
                });
        return List.copyOf(broken);
    }

    private static void strayMounts(FakeHost host, FakeContainer container, List<String> broken) {
        var template = container.template;
        if (template == null || RunLabels.areOnARun(container.labels)) { // a job has an app's
            return;
        }
        for (String volume : template.mounts().values()) {
            var labels = host.volumes.get(volume);
            if (labels == null
                    || !ContainerLabels.owner(labels)
                            .equals(ContainerLabels.owner(container.labels))) {
                broken.add(
                        container.name + " mounts volume " + volume + ", not labelled as its own");
            }
        }
    }

    private static boolean hasContainer(
            FakeHost host, @Nullable String instance, Optional<ResourceId> app) {
        return host.containers.values().stream()
                .anyMatch(
                        c ->
                                ContainerLabels.owner(c.labels).equals(app)
                                        && Objects.equals(instance, c.labels.get(Labels.INSTANCE)));
    }
}
