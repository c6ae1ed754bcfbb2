package dev.berth.reconciler.cleanup;

import dev.berth.reconciler.disk.DiskUse;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether there is room on the disks that Berth depends on, once it has cleaned up.
 *
 * @param message for people
 */
public record Room(boolean enough, String message) {
    private static final String ENOUGH = "there is room on the disks";

    /**
     * What disks say.
     *
     * @param disks of the engine, and of Berth's home
     * @param high percent; one that is fuller is an alarm
     * @param cleans whether Berth removes what nobody needs
     */
    public static Room of(List<DiskUse> disks, int high, boolean cleans) {
        List<String> full = new ArrayList<>();
        for (int i = 0; i < disks.size(); i++) {
            DiskUse disk = disks.get(i);
            boolean told = disks.subList(0, i).stream().anyMatch(other -> isTheSame(other, disk));
            if (disk.isAbove(high) && !told) {
                full.add(
                        "the disk with %s is %.0f %% full, %s are free"
                                .formatted(
                                        disk.directory(),
                                        Math.floor(disk.percent()),
                                        Bytes.text(disk.freeBytes())));
            }
        }
        return full.isEmpty()
                ? new Room(true, ENOUGH)
                : new Room(
                        false,
                        "%s, above %d %%: %s; delete what you don't need, or give it a larger disk. Builds and releases fail once it is full"
                                .formatted(
                                        String.join(", ", full),
                                        high,
                                        cleans
                                                ? "Berth has removed what nobody needs"
                                                : "spec.cleanup.enabled is false, so Berth removes nothing"));
    }

    private static boolean isTheSame(DiskUse one, DiskUse other) {
        return one.totalBytes() == other.totalBytes() && one.freeBytes() == other.freeBytes();
    }
}
