package dev.berth.proxy.observe;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What has happened to one app's requests on one event loop. The loop alone writes, without a lock
 * or a barrier; any thread reads, and may see a value that is a moment old.
 */
final class AppCounters {
    /** Upper bounds of the latency buckets in microseconds. */
    static final long[] BOUNDS = {
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000
    };

    /** Status classes 1xx to 5xx stand at their number. */
    static final int CLASSES = 6;

    private static final int BUCKETS = CLASSES;
    private static final int OTHERS = BUCKETS + BOUNDS.length + 1;

    private final AtomicLongArray values = new AtomicLongArray(OTHERS + Kind.values().length);

    /** What is counted beside statuses and latencies. */
    enum Kind {
        Micros(0),
        BytesIn(1),
        BytesOut(2),
        Retries(3),
        RateLimited(4),
        Held(5),
        HoldsExpired(6);

        private final int slot;

        Kind(int slot) {
            this.slot = slot;
        }
    }

    void request(int status, long micros) {
        add(Math.clamp(status / 100, 0, CLASSES - 1), 1);
        add(BUCKETS + bucket(micros), 1);
        add(Kind.Micros, micros);
    }

    void add(Kind kind, long more) {
        add(OTHERS + kind.slot, more);
    }

    /** Requests answered with a status of that class. */
    long ofClass(int statusClass) {
        return values.getOpaque(statusClass);
    }

    /** Requests whose latency falls into the bucket; the last one has no bound. */
    long inBucket(int bucket) {
        return values.getOpaque(BUCKETS + bucket);
    }

    long of(Kind kind) {
        return values.getOpaque(OTHERS + kind.slot);
    }

    private void add(int index, long more) {
        values.setOpaque(index, values.getPlain(index) + more);
    }

    private static int bucket(long micros) {
        int bucket = 0;
        while (bucket < BOUNDS.length && micros > BOUNDS[bucket]) {
            bucket++;
        }
        return bucket;
    }
}
