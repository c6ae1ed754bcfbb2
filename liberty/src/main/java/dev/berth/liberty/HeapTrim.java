package dev.berth.liberty;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Has the old generation collected once it has grown by a sixteenth since it last was, and with
 * that the memory given back (see {@code jvm.options}).
 *
 * <p>The serial collector, which needs least memory by far, would let it grow up to {@code -Xmx}
 * first: a process that mostly waits would hold its worst moment for ever. A collection takes some
 * 100 ms of a process that no request goes through.
 */
final class HeapTrim implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(20);

    private final LongSupplier used;
    private final LongSupplier usedAfterCollection;
    private final Runnable collection;
    private final Thread thread;

    /**
     * A trim that looks only when it is told to.
     *
     * @param used bytes in the old generation now
     * @param usedAfterCollection bytes that were left there when it was last collected; 0 = never
     * @param collection collects it
     */
    HeapTrim(LongSupplier used, LongSupplier usedAfterCollection, Runnable collection) {
        this.used = used;
        this.usedAfterCollection = usedAfterCollection;
        this.collection = collection;
        this.thread = Thread.ofVirtual().name("berth-heap-trim").unstarted(this::run);
    }

    /** Looks at this JVM's heap from now on. Does nothing with a collector without generations. */
    static HeapTrim start() {
        HeapTrim trim =
                ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(HeapTrim::isOldGeneration)
                        .findFirst()
                        .map(HeapTrim::of)
                        .orElseGet(() -> new HeapTrim(() -> 0, () -> 0, () -> {}));
        trim.thread.start();
        return trim;
    }

    private static HeapTrim of(MemoryPoolMXBean pool) {
        return new HeapTrim(
                () -> pool.getUsage().getUsed(),
                () -> pool.getCollectionUsage().getUsed(),
                ManagementFactory.getMemoryMXBean()::gc);
    }

    /** Only the pool that objects stay in can be watched for its usage. */
    private static boolean isOldGeneration(MemoryPoolMXBean pool) {
        return pool.getType() == MemoryType.HEAP
                && pool.isUsageThresholdSupported()
                && pool.isCollectionUsageThresholdSupported();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EVERY);
                look();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Collects if that is worth it. */
    void look() {
        long left = usedAfterCollection.getAsLong();
        if (used.getAsLong() > left + left / 16) {
            collection.run();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
