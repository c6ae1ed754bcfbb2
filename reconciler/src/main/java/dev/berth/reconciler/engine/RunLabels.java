package dev.berth.reconciler.engine;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.RunView;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Berth writes on a container that runs once, and reads back from it.
 *
 * @param template {@code null} when the label is missing or of a shape unknown here
 */
record RunLabels(
        String instance,
        ResourceId owner,
        RunView.Role role,
        String run,
        String specHash,
        @Nullable ContainerTemplate template,
        String revision) {

    static RunLabels of(RunSpec spec) {
        return new RunLabels(
                spec.instance(),
                spec.owner(),
                spec.role(),
                spec.run(),
                spec.template().hash().text(),
                spec.template(),
                spec.revision());
    }

    /** True when a container with these labels runs once, maybe for something unknown here. */
    static boolean areOnARun(@Nullable Map<String, String> labels) {
        return labels != null && labels.containsKey(Labels.ROLE);
    }

    /** Reads labels; empty if they are not those of a run that is known here. */
    static Optional<RunLabels> read(@Nullable Map<String, String> labels) {
        if (labels == null) {
            return Optional.empty();
        }
        String word = labels.getOrDefault(Labels.ROLE, "");
        Optional<RunView.Role> role =
                Stream.of(RunView.Role.values()).filter(r -> r.word().equals(word)).findFirst();
        return ContainerLabels.owner(labels)
                .flatMap(owner -> role.map(known -> read(labels, owner, known)));
    }

    private static RunLabels read(Map<String, String> labels, ResourceId owner, RunView.Role role) {
        return new RunLabels(
                labels.getOrDefault(Labels.INSTANCE, ""),
                owner,
                role,
                labels.getOrDefault(Labels.RUN, ""),
                labels.getOrDefault(Labels.SPEC_HASH, ""),
                ContainerLabels.template(labels.get(Labels.SPEC)),
                labels.getOrDefault(Labels.REVISION, ""));
    }

    SortedMap<String, String> write() {
        SortedMap<String, String> labels = ContainerLabels.ofShared(instance, owner);
        labels.put(Labels.ROLE, role.word());
        labels.put(Labels.RUN, run);
        labels.put(Labels.SPEC_HASH, specHash);
        if (template != null) {
            labels.put(Labels.SPEC, Json.write(template));
        }
        labels.put(Labels.REVISION, revision);
        labels.put(Labels.COMPOSE_SERVICE, role.word());
        return labels;
    }

    /** True when a container with these labels was made from that spec, whatever its revision. */
    boolean matches(RunSpec spec) {
        return instance.equals(spec.instance())
                && owner.equals(spec.owner())
                && role == spec.role()
                && run.equals(spec.run())
                && specHash.equals(spec.template().hash().text());
    }
}
