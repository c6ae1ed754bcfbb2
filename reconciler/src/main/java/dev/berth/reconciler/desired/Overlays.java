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
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which overlays count for which document, in one round of {@link Settling}. */
final class Overlays {
    private static final String SPEC = "spec";

    private final Map<ResourceId, List<Choice>> counting = new HashMap<>();
    private final Map<ResourceId, List<Choice>> fallen = new HashMap<>();
    private final List<Lost> missing = new ArrayList<>();
    private final Map<ResourceId, Optional<String>> nearest = new HashMap<>();
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final @Nullable String environment;

    /**
     * @param environment {@code null} = no overlay counts
     */
    Overlays(Fates fates, SortedMap<ResourceId, Choice> chosen, @Nullable String environment) {
        this.fates = fates;
        this.chosen = chosen;
        this.environment = environment;
        if (environment == null) {
            return;
        }
        for (Choice choice : chosen.values()) {
            add(counting, choice, environment);
        }
        for (ReadDocument read : fates.unusable(Kind.Overlay)) {
            String where = read.text(SPEC, "environment");
            if (where == null
                    || where.equals(environment)
                    || EnvironmentCheck.isNear(where, environment)) {
                missing.add(Lost.of(read));
            }
        }
        for (ResourceId id : fates.held()) {
            if (id.kind() == Kind.Overlay) {
                last(fates).stream()
                        .filter(read -> id.equals(read.id()) && isOf(environment, read))
                        .forEach(read -> missing.add(Lost.of(read)));
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
        if (choice.document() instanceof Overlay overlay && isOf(environment, choice.read())) {
            to.computeIfAbsent(overlay.spec().target().id(), _ -> new ArrayList<>()).add(choice);
        }
    }

    private static boolean isOf(String environment, ReadDocument read) {
        return read.document() instanceof Overlay overlay
                && overlay.spec().environment().equals(environment);
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
     * What is meant for a document, or may be, and of which no version counts: what the document
     * should be can't be told then. {@code null} = there is nothing.
     *
     * <p>An overlay that never was right and does not say for what it is, and a file that can't be
     * understood, hold back only what would be deployed for the first time.
     */
    @Nullable String missing(ResourceId target) {
        if (environment == null || !isTarget(target.kind().name())) {
            return null;
        }
        for (Lost overlay : missing) {
            if (isMeant(overlay, target)) {
                return "a right document of " + overlay.id();
            }
        }
        String file = fates.mayHoldOverlays();
        return file == null || fates.wasRight(target)
                ? null
                : file + ", which can't be understood and may hold an overlay of it";
    }

    private boolean isMeant(Lost overlay, ResourceId target) {
        if (isTarget(overlay.kind()) && !target.kind().name().equals(overlay.kind())) {
            return false;
        }
        String name = overlay.name();
        if (name == null) {
            return !fates.wasRight(overlay.id()) && !fates.wasRight(target);
        }
        return name.equals(target.name())
                || (!fates.wasRight(overlay.id())
                        && nearest.computeIfAbsent(
                                        new ResourceId(target.kind(), name), this::nearest)
                                .equals(Optional.of(target.name())));
    }

    /** Nothing when nothing has nearly that name, or something has just that. */
    private Optional<String> nearest(ResourceId written) {
        List<String> names =
                chosen.keySet().stream()
                        .filter(id -> id.kind() == written.kind())
                        .map(ResourceId::name)
                        .toList();
        return chosen.containsKey(written)
                ? Optional.empty()
                : Optional.ofNullable(NearMiss.nearest(written.name(), names));
    }

    private static boolean isTarget(String kind) {
        return Stream.of(Overlay.TargetKind.values()).anyMatch(k -> k.name().equals(kind));
    }

    /** What an overlay says. */
    static MergePatch patch(Choice overlay) {
        ReadDocument read = overlay.read();
        return new MergePatch(
                read.file(), (Node.Mapping) Objects.requireNonNull(read.find(SPEC, "patch")));
    }

    /**
     * What an overlay of which no version counts is meant for, by its newest document or by the
     * last that was right.
     *
     * @param kind of its target, as it says, right or not
     * @param name {@code null} when it does not say
     */
    private record Lost(ResourceId id, String kind, @Nullable String name) {
        static Lost of(ReadDocument read) {
            String kind = read.text(SPEC, "target", "kind");
            return new Lost(
                    Objects.requireNonNull(read.id()),
                    kind == null ? Kind.App.name() : kind,
                    read.text(SPEC, "target", "name"));
        }
    }
}
