package dev.berth.telemetry.intake;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's way into the log: at most 16 chunks of 64 KiB. {@link #append} is called by the
 * loop alone; the writer takes chunks out under a lock that is held for a few instructions only.
 */
public final class Lane {
    private static final int MAX_CHUNKS = 16;

    private final Object lock = new Object();
    private final AccessLine line = new AccessLine();
    private final LongAdder dropped;
    private final Runnable wakeWriter;
    private final ArrayDeque<Chunk> full = new ArrayDeque<>();
    private final ArrayDeque<Chunk> free = new ArrayDeque<>();
    private Chunk current = new Chunk();
    private int chunks = 1;

    Lane(LongAdder dropped, Runnable wakeWriter) {
        this.dropped = dropped;
        this.wakeWriter = wakeWriter;
    }

    /** Adds a record or, when the lane is full, drops it and counts it. Never waits for a disk. */
    public void append(AccessRecord entry) {
        byte[] bytes = line.encode(entry);
        boolean wake = false;
        synchronized (lock) {
            if (!current.add(bytes, line.length())) {
                wake = true;
                if (!nextChunk() || !current.add(bytes, line.length())) {
                    dropped.increment();
                }
            }
        }
        if (wake) {
            wakeWriter.run();
        }
    }

    /** The oldest lines as a chunk that now belongs to the caller; {@code null} when none wait. */
    @Nullable Chunk take() {
        synchronized (lock) {
            Chunk chunk = full.poll();
            if (chunk != null) {
                return chunk;
            }
            if (current.lines() == 0) {
                return null;
            }
            Chunk taken = current;
            current = spare();
            return taken;
        }
    }

    /** Gives a chunk back once it is written. */
    void recycle(Chunk chunk) {
        chunk.clear();
        synchronized (lock) {
            if (free.isEmpty()) {
                free.add(chunk);
            } else {
                chunks--;
            }
        }
    }

    private boolean nextChunk() {
        if (free.isEmpty() && chunks >= MAX_CHUNKS) {
            return false;
        }
        full.add(current);
        current = spare();
        return true;
    }

    private Chunk spare() {
        Chunk chunk = free.poll();
        if (chunk == null) {
            chunks++;
            chunk = new Chunk();
        }
        return chunk;
    }
}
