package dev.berth.proxy.guard;

import dev.berth.schemas.edge.Policy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The token buckets of one rate limit, by client. A bucket is one number, the time at which it will
 * be full again (the generic cell rate algorithm of ITU-T I.371): full ones need no memory and are
 * swept away. Bounded: with too many clients at once newcomers share one bucket. Thread-safe.
 */
final class RateBuckets {
    private static final int MAX_CLIENTS = 100_000;
    private static final long SWEEP_NANOS = 1_000_000_000L;
    private static final String NEWCOMERS = "";

    /** Of nanoseconds, with room to add to them. */
    private static final long FOR_EVER = Long.MAX_VALUE / 4;

    private final Policy.RateLimit limit;
    private final LongSupplier nanoTime;
    private final long interval;
    private final long tolerance;
    private final ConcurrentMap<String, AtomicLong> fullAt = new ConcurrentHashMap<>();
    private final AtomicLong sweptAt;

    RateBuckets(Policy.RateLimit limit, LongSupplier nanoTime) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.interval = Math.max(1, limit.period().toNanos() / limit.requests());
        this.tolerance =
                interval > FOR_EVER / limit.burst() ? FOR_EVER : interval * (limit.burst() - 1);
        this.sweptAt = new AtomicLong(nanoTime.getAsLong());
    }

    Policy.RateLimit limit() {
        return limit;
    }

    /** Takes a token; 0, or the nanoseconds until there is one. */
    long take(String client) {
        long now = nanoTime.getAsLong();
        AtomicLong bucket = bucket(client, now);
        while (true) {
            long full = bucket.get();
            long from = full - now > 0 ? full : now;
            long early = from - now - tolerance;
            if (early > 0) {
                return early;
            }
            if (bucket.compareAndSet(full, from + interval)) {
                return 0;
            }
        }
    }

    /** Clients that are remembered. */
    int size() {
        return fullAt.size();
    }

    private AtomicLong bucket(String client, long now) {
        AtomicLong known = fullAt.get(client);
        if (known != null) {
            return known;
        }
        sweep(now);
        String key = fullAt.size() < MAX_CLIENTS ? client : NEWCOMERS;
        return fullAt.computeIfAbsent(key, _ -> new AtomicLong(now));
    }

    private void sweep(long now) {
        long last = sweptAt.get();
        if (now - last >= SWEEP_NANOS && sweptAt.compareAndSet(last, now)) {
            fullAt.values().removeIf(full -> full.get() - now <= 0);
        }
    }
}
