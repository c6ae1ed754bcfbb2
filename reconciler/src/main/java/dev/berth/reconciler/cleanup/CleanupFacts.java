package dev.berth.reconciler.cleanup;

import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ImageStore;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that it follows from what may go.
 *
 * @param ids what the references of {@code needs} and {@code notes} mean to the engine now: id by
 *     reference, without those it does not have
 * @param disk the engine's; {@code null} when it can't be seen from here
 * @param building whether Berth builds something now, which uses the cache
 */
public record CleanupFacts(
        Needs needs,
        ImageStore store,
        Map<String, String> ids,
        ImageNotes notes,
        @Nullable DiskUse disk,
        boolean building,
        Instant now) {
    public CleanupFacts {
        ids = Map.copyOf(ids);
    }
}
