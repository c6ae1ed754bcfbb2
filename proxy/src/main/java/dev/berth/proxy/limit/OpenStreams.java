package dev.berth.proxy.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts open streams of HTTP/2 and 3, all and by client, against the caps of connections: a
 * request on a stream costs what one on a connection of its own does, and a client that may open a
 * thousand connections must not have a hundred thousand requests under way. Thread-safe.
 */
public final class OpenStreams {
    private final ConnectionLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<String, Count> byClient = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();

    /** None is open. */
    public OpenStreams(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** Of one client, for as long as it has connections. */
    private static final class Count {
        private final AtomicInteger open = new AtomicInteger();

        /** Changes only within the map's own locks. */
        private int connections;
    }

    /**
     * A connection that streams will be opened on.
     *
     * @param client whose it is: who shares a limit has the same name
     */
    public OfConnection ofClient(String client) {
        Count count =
                byClient.compute(
                        client,
                        (_, known) -> {
                            Count counted = known == null ? new Count() : known;
                            counted.connections++;
                            return counted;
                        });
        return new OfConnection(client, count, limits.perClient());
    }

    /** The same for one that many clients may be behind: only the cap of all counts. */
    public OfConnection ofMany() {
        return new OfConnection("", new Count(), Integer.MAX_VALUE);
    }

    /** Streams that are open now. */
    public int open() {
        return open.get();
    }

    /** Streams that were refused so far. */
    public long refused() {
        return refused.sum();
    }

    /** Clients with connections. */
    int clients() {
        return byClient.size();
    }

    /** The streams of one connection. */
    public final class OfConnection {
        private final String client;
        private final Count count;
        private final int most;

        private OfConnection(String client, Count count, int most) {
            this.client = client;
            this.count = count;
            this.most = most;
        }

        /** Counts a stream; false when it is one too many, which nothing has to be done for. */
        public boolean enter() {
            if (open.incrementAndGet() <= limits.total()) {
                if (count.open.incrementAndGet() <= most) {
                    return true;
                }
                count.open.decrementAndGet();
            }
            open.decrementAndGet();
            refused.increment();
            return false;
        }

        /** A stream that was counted has ended. */
        public void leave() {
            count.open.decrementAndGet();
            open.decrementAndGet();
        }

        /** The connection has ended; streams of it may still have to leave. Once. */
        public void close() {
            var _ =
                    byClient.computeIfPresent(
                            client, (_, known) -> --known.connections == 0 ? null : known);
        }
    }
}
