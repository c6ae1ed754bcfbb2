package dev.berth.proxy.limit;

import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of request bodies that the whole process keeps for later: to send them again, or while
 * a request is held. What flows through is bounded by each connection's own backpressure and is not
 * counted. Thread-safe.
 */
public final class MemoryBudget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** Nothing is taken. */
    public MemoryBudget(long most) {
        this.most = most;
    }

    /** A quarter of the memory outside of the heap that Netty may use, at most 64 MiB. */
    public static MemoryBudget ofProcess() {
        long direct = PlatformDependent.maxDirectMemory();
        return new MemoryBudget(Math.min(64L << 20, Math.max(8L << 20, direct / 4)));
    }

    /** Takes so many, if they are there; nothing always is. */
    public boolean take(long bytes) {
        if (taken.addAndGet(bytes) > most && bytes > 0) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Whether so many are there now. */
    public boolean has(long bytes) {
        return bytes == 0 || taken.get() + bytes <= most;
    }

    /** Counts bytes that are here although there was no room for them. */
    public void overdraw(long bytes) {
        taken.addAndGet(bytes);
    }

    /** Gives back what was taken. */
    public void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes that are kept now. */
    public long taken() {
        return taken.get();
    }
}
