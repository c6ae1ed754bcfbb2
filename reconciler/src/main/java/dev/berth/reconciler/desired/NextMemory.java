package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is worth remembering after a load: the new where it is right, the old where it is needed.
 */
final class NextMemory {
    private final LastGood.Memory last;
    private final Fates fates;
    private final Settled settled;

    NextMemory(LastGood.Memory last, Fates fates, Settled settled) {
        this.last = last;
        this.fates = fates;
        this.settled = settled;
    }

    /**
     * @param held resources that stay as they are
     * @param blurred previews that stay as they are, and apps of which all do, but for those with
     *     these keys
     */
    LastGood.Memory of(
            List<ConfigFile> files,
            List<DesiredRoute> routes,
            Set<ResourceId> held,
            Map<ResourceId, Set<String>> blurred) {
        SortedMap<String, ResourceId> claims = new TreeMap<>(last.claims());
        claims.values().removeIf(owner -> !held.contains(owner));
        routes.forEach(route -> claims.put(Claim.key(route), route.owner()));
        SortedMap<String, SourcePin> pins = new TreeMap<>(last.pins());
        SortedMap<String, Recipe> recipes = new TreeMap<>(last.recipes());
        pins.keySet().removeIf(app -> !stays(ResourceId.parse(app), held, blurred));
        for (ResourceId id : settled.chosen().keySet()) {
            SourceAnswer.Pinned source = settled.source(id);
            if (source != null) {
                pins.put(id.toString(), source.pin());
                recipes.remove(id.toString());
                if (source.recipe() != null) {
                    recipes.put(id.toString(), source.recipe());
                }
            }
        }
        recipes.keySet().retainAll(pins.keySet());
        return new LastGood.Memory(
                texts(files), claims, pins, recipes, deletable(), variables(!held.isEmpty()));
    }

    private static boolean stays(
            ResourceId app, Set<ResourceId> held, Map<ResourceId, Set<String>> blurred) {
        PreviewId preview = PreviewId.of(app);
        if (preview == null || held.contains(app)) {
            return held.contains(app);
        }
        Set<String> ended = blurred.get(preview.parent());
        return held.contains(preview.parent())
                || blurred.containsKey(app)
                || (ended != null && !ended.contains(preview.key()));
    }

    /** As the newest document that counts says; once none does, as the last one said. */
    private SortedSet<VolumeId> deletable() {
        SortedSet<VolumeId> deletable = new TreeSet<>(last.deletable());
        for (Choice choice : settled.chosen().values()) {
            if (choice.document() instanceof App app) {
                for (App.Volume volume : app.spec().volumes()) {
                    VolumeId id = new VolumeId(app.id(), volume.name());
                    if (volume.deletionPolicy() == App.DeletionPolicy.Delete) {
                        deletable.add(id);
                    } else {
                        deletable.remove(id);
                    }
                }
            }
        }
        return deletable;
    }

    private SortedMap<String, String> variables(boolean anyHeld) {
        boolean older =
                anyHeld
                        || fates.pruneHold() != null
                        || settled.chosen().values().stream().anyMatch(c -> !c.current());
        SortedMap<String, String> next = new TreeMap<>(older ? last.variables() : Map.of());
        next.putAll(settled.instance().spec().variables());
        return next;
    }

    private SortedMap<String, String> texts(List<ConfigFile> files) {
        SortedMap<String, String> next = new TreeMap<>(last.files());
        Set<String> older =
                settled.chosen().values().stream()
                        .filter(choice -> !choice.current())
                        .map(choice -> choice.read().file())
                        .collect(Collectors.toSet());
        next.keySet().removeIf(path -> !isNeeded(path, older));
        for (ConfigFile file : files) {
            if (file.text() != null && fates.isFollowed(file.path())) {
                next.put(file.path(), file.text());
            }
        }
        return next;
    }

    private boolean isNeeded(String path, Set<String> older) {
        return !fates.isFollowed(path) || fates.pruneHold() != null || older.contains(path);
    }
}
