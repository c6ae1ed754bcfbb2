package dev.berth.reconciler.engine;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Berth writes on a container, and reads back from it: all it remembers of a container lives
 * in these labels, so that a Berth with an empty disk can adopt what runs.
 *
 * @param template {@code null} when the label is missing or of a shape unknown here
 * @param revision empty when not known
 * @param dependsOn what its owner depends on
 */
record ContainerLabels(
        String instance,
        ResourceId owner,
        String process,
        int slot,
        String specHash,
        @Nullable ContainerTemplate template,
        String release,
        String revision,
        List<ResourceId> dependsOn) {

    static ContainerLabels of(ContainerSpec spec) {
        return new ContainerLabels(
                spec.instance(),
                spec.app(),
                spec.process(),
                spec.slot(),
                spec.template().hash().text(),
                spec.template(),
                spec.release(),
                spec.revision(),
                spec.dependsOn());
    }

    /** The labels of a network or volume. */
    static SortedMap<String, String> ofShared(String instance, ResourceId app) {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(Labels.INSTANCE, instance);
        labels.put(Labels.KIND, app.kind().word());
        labels.put(Labels.NAME, app.name());
        labels.put(Labels.COMPOSE_PROJECT, project(instance, app));
        return labels;
    }

    /** Reads labels; empty if they are not those of a container that Berth made. */
    static Optional<ContainerLabels> read(@Nullable Map<String, String> labels) {
        Optional<ResourceId> owner = owner(labels);
        if (labels == null || owner.isEmpty() || slot(labels) < 1 || RunLabels.areOnARun(labels)) {
            return Optional.empty();
        }
        return Optional.of(
                new ContainerLabels(
                        labels.getOrDefault(Labels.INSTANCE, ""),
                        owner.get(),
                        labels.getOrDefault(Labels.PROCESS, ""),
                        slot(labels),
                        labels.getOrDefault(Labels.SPEC_HASH, ""),
                        template(labels.get(Labels.SPEC)),
                        labels.getOrDefault(Labels.RELEASE, ""),
                        labels.getOrDefault(Labels.REVISION, ""),
                        dependsOn(labels.getOrDefault(Labels.DEPENDS_ON, ""))));
    }

    /** The resource that labels name; empty if they name none that is known here. */
    static Optional<ResourceId> owner(@Nullable Map<String, String> labels) {
        if (labels == null || !labels.containsKey(Labels.NAME)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    ResourceId.parse(
                            labels.getOrDefault(Labels.KIND, "") + "/" + labels.get(Labels.NAME)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    SortedMap<String, String> write() {
        SortedMap<String, String> labels = ofShared(instance, owner);
        labels.put(Labels.PROCESS, process);
        labels.put(Labels.SLOT, Integer.toString(slot));
        labels.put(Labels.SPEC_HASH, specHash);
        if (template != null) {
            labels.put(Labels.SPEC, Json.write(template));
        }
        labels.put(Labels.RELEASE, release);
        labels.put(Labels.REVISION, revision);
        labels.put(Labels.COMPOSE_SERVICE, process);
        if (!dependsOn.isEmpty()) {
            labels.put(
                    Labels.DEPENDS_ON,
                    dependsOn.stream().map(ResourceId::toString).collect(Collectors.joining(",")));
        }
        return labels;
    }

    private static List<ResourceId> dependsOn(String ids) {
        return Pattern.compile(",").splitAsStream(ids).flatMap(ContainerLabels::known).toList();
    }

    /** A newer Berth may know more kinds. */
    private static Stream<ResourceId> known(String id) {
        try {
            return Stream.of(ResourceId.parse(id));
        } catch (IllegalArgumentException _) {
            return Stream.empty();
        }
    }

    /** True when a container with these labels was made from that spec, whatever its revision. */
    boolean matches(ContainerSpec spec) {
        return instance.equals(spec.instance())
                && owner.equals(spec.app())
                && process.equals(spec.process())
                && slot == spec.slot()
                && release.equals(spec.release())
                && specHash.equals(spec.template().hash().text());
    }

    private static String project(String instance, ResourceId app) {
        return instance + "-" + app.name();
    }

    private static int slot(Map<String, String> labels) {
        try {
            return Integer.parseInt(labels.getOrDefault(Labels.SLOT, "0"));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    static @Nullable ContainerTemplate template(@Nullable String json) {
        if (json == null) {
            return null;
        }
        try {
            return Json.read(json, ContainerTemplate.class);
        } catch (IllegalArgumentException | NullPointerException _) {
            return null;
        }
    }
}
