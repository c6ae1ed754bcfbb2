package dev.berth.proxy.limit;

import io.netty.util.internal.PlatformDependent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The bytes that the whole process has read and cannot pass on, because who should get them takes
 * none. Each connection's backpressure bounds its own; thousands of connections together would
 * still fill the memory. Thread-safe.
 */
public final class UnreadBudget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();
    private final LongAdder givenUp = new LongAdder();
    private final List<Stalls> loops = new CopyOnWriteArrayList<>();

    /** Nothing is taken. */
    public UnreadBudget(long most) {
        this.most = most;
    }

    /** Half of the memory outside of the heap that Netty may use, 16 to 256 MiB. */
    public static UnreadBudget ofProcess() {
        long direct = PlatformDependent.maxDirectMemory();
        return new UnreadBudget(Math.clamp(direct / 2, 16L << 20, 256L << 20));
    }

    /** Bytes that wait to be taken now. */
    public long taken() {
        return taken.get();
    }

    /** Receivers that were given up for want of memory so far. */
    public long givenUp() {
        return givenUp.sum();
    }

    void join(Stalls loop) {
        loops.add(loop);
    }

    void add(long bytes) {
        if (taken.addAndGet(bytes) > most && bytes > 0) {
            loops.forEach(Stalls::shedSoon);
        }
    }

    boolean spent() {
        return taken.get() > most;
    }

    /** What each loop may have when all is taken: one below it need not give anybody up. */
    long share() {
        return most / Math.max(1, loops.size());
    }

    void countGivenUp() {
        givenUp.increment();
    }
}
