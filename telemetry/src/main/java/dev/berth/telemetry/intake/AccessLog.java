package dev.berth.telemetry.intake;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The access log: JSON lines in a file that rotates by size. Each event loop appends to a {@link
 * Lane} of its own and one thread writes all lanes to disk at least every {@code flushEvery}; a
 * line that finds its lane full, or a disk that takes nothing, is dropped and counted.
 */
public final class AccessLog implements AutoCloseable {
    private final RotatingFile file;
    private final Duration flushEvery;
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;
    private volatile boolean closed;

    private AccessLog(RotatingFile file, Duration flushEvery) {
        this.file = file;
        this.flushEvery = flushEvery;
        this.writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
    }

    /**
     * Starts a log. A file that cannot be opened is tried again at each flush.
     *
     * @param path of the newest file; rotated ones are {@code path.1} (newer) and up
     * @param maxBytes size at which the file rotates
     * @param keep rotated files kept, at least 1
     * @param flushEvery longest time a line stays in memory
     */
    public static AccessLog open(Path path, long maxBytes, int keep, Duration flushEvery) {
        AccessLog log = new AccessLog(new RotatingFile(path, maxBytes, keep), flushEvery);
        log.writer.start();
        return log;
    }

    /** A new lane, for one thread. */
    public Lane lane() {
        Lane lane = new Lane(dropped, () -> LockSupport.unpark(writer));
        lanes.add(lane);
        return lane;
    }

    /** Lines lost so far: buffers were full, or the disk was. Any thread. */
    public long dropped() {
        return dropped.sum();
    }

    /** Writes what is in memory and ends the writer; waits at most 5 s. Any thread. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, flushEvery.toNanos());
            writeAll();
        }
        writeAll();
        file.close();
    }

    private void writeAll() {
        for (Lane lane : lanes) {
            for (Chunk chunk = lane.take(); chunk != null; chunk = lane.take()) {
                if (!file.write(chunk.bytes(), chunk.length())) {
                    dropped.add(chunk.lines());
                }
                lane.recycle(chunk);
            }
        }
    }
}
