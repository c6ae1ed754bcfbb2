package dev.berth.reconciler.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the file systems of this machine. */
public final class Disks {
    private Disks() {}

    /**
     * The disk with a directory, as {@code df} counts it: what is reserved for root, or is beyond a
     * quota, is no part of it. Empty when there is no such directory, or no end to its disk.
     */
    public static Optional<DiskUse> of(Path directory) {
        try {
            FileStore store = Files.getFileStore(directory);
            long free = Math.max(0, store.getUsableSpace());
            long taken = Math.max(0, store.getTotalSpace() - store.getUnallocatedSpace());
            return taken + free > 0
                    ? Optional.of(new DiskUse(directory.toString(), taken + free, free))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
