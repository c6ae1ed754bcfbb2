package dev.berth.reconciler.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the process itself does, as far as no pass report says it.
 *
 * @param looping true while the loop takes triggers
 * @param fetchedAt when the config repo was last read with success; {@code null} before the first
 * @param pollOverdue true when no look at the config repo has succeeded for three poll intervals
 * @param engineWrites calls that changed something in the engine since the start
 * @param edgeConnected true when an edge has reported lately
 * @param writer whether it may write, for people
 * @param writerUnknown true when nobody could tell that for a minute, so that nothing is deployed
 */
public record Vitals(
        boolean looping,
        @Nullable Instant fetchedAt,
        boolean pollOverdue,
        long engineWrites,
        boolean edgeConnected,
        String writer,
        boolean writerUnknown,
        Storage storage) {
    /** Nothing is known of the disks. */
    public Vitals(
            boolean looping,
            @Nullable Instant fetchedAt,
            boolean pollOverdue,
            long engineWrites,
            boolean edgeConnected,
            String writer,
            boolean writerUnknown) {
        this(
                looping,
                fetchedAt,
                pollOverdue,
                engineWrites,
                edgeConnected,
                writer,
                writerUnknown,
                Storage.UNKNOWN);
    }
}
