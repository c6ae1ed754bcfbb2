package dev.berth.reconciler.plan;

import dev.berth.reconciler.live.VolumeView;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a pass will do, in order. Changes of one resource happen one after the other, those of
 * different resources side by side; removals begin when all else has ended.
 *
 * @param revision what it leads to, {@code main@sha1:<40 hex>}; empty when not known
 * @param changes grouped by resource, removals last
 * @param unchanged how many resources are as they should be
 * @param unknown why nothing could be planned; {@code null} when it could
 * @param wanted by resource, for all that is declared; empty when nothing could be planned
 * @param orphans volumes that nobody declares and that are kept
 * @param nextDue when something is due by the clock that is not in this plan; {@code null} = never
 */
public record Plan(
        String revision,
        List<Change> changes,
        int unchanged,
        @Nullable String unknown,
        Map<ResourceId, Wanted> wanted,
        List<Orphan> orphans,
        @Nullable Instant nextDue) {
    /** Of nothing, to change nothing. */
    public static final Plan NOTHING = new Plan("", List.of(), 0, null, Map.of(), List.of());

    public Plan {
        changes = List.copyOf(changes);
        wanted = Map.copyOf(wanted);
        orphans = List.copyOf(orphans);
    }

    /** One after which nothing is due by the clock. */
    public Plan(
            String revision,
            List<Change> changes,
            int unchanged,
            @Nullable String unknown,
            Map<ResourceId, Wanted> wanted,
            List<Orphan> orphans) {
        this(revision, changes, unchanged, unknown, wanted, orphans, null);
    }

    /** Nothing, because something is not known. */
    static Plan unknown(String revision, String cause) {
        return new Plan(revision, List.of(), 0, cause, Map.of(), List.of());
    }

    /** What is wanted of a resource by this plan. */
    public Wanted wantedOf(ResourceId resource) {
        return wanted.getOrDefault(resource, Wanted.NOTHING);
    }

    /**
     * A volume that nobody declares.
     *
     * @param deletable true when a confirmation would have it deleted
     */
    public record Orphan(VolumeView volume, boolean deletable) {}

    /** True when the world is as it should be, as far as it can be seen. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** The changes by resource, in plan order. */
    public SequencedMap<ResourceId, List<Change>> byResource() {
        SequencedMap<ResourceId, List<Change>> groups = new LinkedHashMap<>();
        for (Change change : changes) {
            groups.computeIfAbsent(change.resource(), _ -> new ArrayList<>()).add(change);
        }
        return groups;
    }
}
