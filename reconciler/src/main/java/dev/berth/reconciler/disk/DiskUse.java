package dev.berth.reconciler.disk;

/**
 * How full the disk with a directory is.
 *
 * @param directory absolute path
 * @param totalBytes what is taken and what is free; more than 0
 * @param freeBytes what an unprivileged process may still write
 */
public record DiskUse(String directory, long totalBytes, long freeBytes) {
    public DiskUse {
        if (totalBytes <= 0 || freeBytes < 0 || freeBytes > totalBytes) {
            throw new IllegalArgumentException(
                    "a disk of %d bytes can't have %d free".formatted(totalBytes, freeBytes));
        }
    }

    /** Share that is taken, 0 to 100. */
    public double percent() {
        return 100.0 * (totalBytes - freeBytes) / totalBytes;
    }

    /** True when at least that share is taken. */
    public boolean isAbove(int percent) {
        return percent() >= percent;
    }
}
