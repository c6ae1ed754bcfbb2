package dev.berth.reconciler.status;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the disks that Berth depends on, and what it removed from them since the
 * start.
 *
 * @param disks of the engine and of Berth's home, as they were seen last; none when neither could
 *     be
 * @param cleanedAt when it was looked the last time what may go; {@code null} before the first
 * @param removedImages how many names of images were removed
 * @param removedBytes what of these and of build cache, layers that other images share included
 * @param failure why that did not go well the last time; {@code null} = it did
 */
public record Storage(
        List<Disk> disks,
        @Nullable Instant cleanedAt,
        long removedImages,
        long removedBytes,
        @Nullable String failure) {
    /** Nothing was looked at. */
    public static final Storage UNKNOWN = new Storage(List.of(), null, 0, 0, null);

    public Storage {
        disks = List.copyOf(disks);
    }

    /**
     * One disk.
     *
     * @param directory one on it
     */
    public record Disk(String directory, long totalBytes, long freeBytes) {}
}
