package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which overlays count for which document, in one round of {@link Settling}. */
final class Overlays {
    private static final String SPEC = "spec";

    private final Map<ResourceId, List<Choice>> counting = new HashMap<>();
    private final Map<ResourceId, List<Choice>> fallen = new HashMap<>();
    private final Map<Named, ResourceId> missing = new HashMap<>();

    /**
     * @param environment {@code null} = no overlay counts
     */
    Overlays(Fates fates, SortedMap<ResourceId, Choice> chosen, @Nullable String environment) {
        if (environment == null) {
            return;
        }
        for (Choice choice : chosen.values()) {
            add(counting, choice, environment);
        }
        for (ReadDocument read : fates.unusable(Kind.Overlay)) {
            String where = read.text(SPEC, "environment");
            if (where == null || where.equals(environment)) {
                missing.put(Named.targetOf(read), Objects.requireNonNull(read.id()));
            }
        }
        for (ReadDocument read : missing.isEmpty() ? List.<ReadDocument>of() : last(fates)) {
            Choice choice = new Choice(read, false);
            if (!chosen.containsKey(choice.id())) {
                add(fallen, choice, environment);
            }
        }
    }

    private static List<ReadDocument> last(Fates fates) {
        return fates.lastRight(Kind.Overlay);
    }

    private static void add(Map<ResourceId, List<Choice>> to, Choice choice, String environment) {
        if (choice.document() instanceof Overlay overlay
                && overlay.spec().environment().equals(environment)) {
            to.computeIfAbsent(overlay.spec().target().id(), _ -> new ArrayList<>()).add(choice);
        }
    }

    /**
     * Those of a document, by name. An older document is as it was then: also with an overlay that
     * was right then and fits no newer document.
     */
    List<Choice> of(Choice target) {
        List<Choice> now = counting.getOrDefault(target.id(), List.of());
        List<Choice> then =
                target.current() ? List.of() : fallen.getOrDefault(target.id(), List.of());
        return Stream.concat(now.stream(), then.stream())
                .sorted(Comparator.comparing(Choice::id))
                .toList();
    }

    /**
     * An overlay that is meant for a document and of which no version counts: what the document
     * should be can't be told then. {@code null} = there is none.
     */
    @Nullable ResourceId missing(ResourceId target) {
        return missing.get(new Named(target.kind().name(), target.name()));
    }

    /** What an overlay says. */
    static MergePatch patch(Choice overlay) {
        ReadDocument read = overlay.read();
        return new MergePatch(
                read.file(), (Node.Mapping) Objects.requireNonNull(read.find(SPEC, "patch")));
    }

    /** A target as a document names it that may be wrong; {@code null} where it does not say. */
    private record Named(@Nullable String kind, @Nullable String name) {
        static Named targetOf(ReadDocument read) {
            String kind = read.text(SPEC, "target", "kind");
            return new Named(
                    kind == null ? Kind.App.name() : kind, read.text(SPEC, "target", "name"));
        }
    }
}
