package dev.berth.reconciler.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the file systems of this machine. */
public final class Disks {
    private Disks() {}

    /** The disk with a directory; empty when there is no such directory, or no end to its disk. */
    public static Optional<DiskUse> of(Path directory) {
        try {
            FileStore store = Files.getFileStore(directory);
            long total = store.getTotalSpace();
            long free = Math.clamp(store.getUsableSpace(), 0, Math.max(0, total));
            return total > 0
                    ? Optional.of(new DiskUse(directory.toString(), total, free))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
