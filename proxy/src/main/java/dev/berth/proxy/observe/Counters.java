package dev.berth.proxy.observe;

import dev.berth.proxy.observe.AppCounters.Kind;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What has happened on one event loop since the start. The loop alone writes, and never waits; any
 * thread reads.
 */
public final class Counters {
    private final ConcurrentMap<String, AppCounters> apps = new ConcurrentHashMap<>();
    private final AtomicLongArray values = new AtomicLongArray(What.values().length);

    /** Things that are counted for the loop as a whole. */
    public enum What {
        UpstreamConnectErrors(0),
        UpstreamCreated(1),
        UpstreamClosed(2),
        UpstreamReused(3),
        UpstreamStale(4),
        UpstreamIdle(5),
        Http1Open(6),
        Http1Begun(7),
        Http2Open(8),
        Http2Begun(9);

        private final int slot;

        What(int slot) {
            this.slot = slot;
        }
    }

    /** What one request took. */
    public record Cost(long micros, long bytesIn, long bytesOut) {}

    /**
     * A request has ended with that status.
     *
     * @param app empty for answers of the edge itself
     */
    public void request(String app, int status, Cost cost) {
        AppCounters counters = of(app);
        counters.request(status, cost.micros());
        counters.add(Kind.BytesIn, cost.bytesIn());
        counters.add(Kind.BytesOut, cost.bytesOut());
    }

    /** Bytes that passed after the request was counted. */
    public void bytes(String app, long in, long out) {
        of(app).add(Kind.BytesIn, in);
        of(app).add(Kind.BytesOut, out);
    }

    /** A request was sent once more. */
    public void retry(String app) {
        of(app).add(Kind.Retries, 1);
    }

    /** A request was one too many of its client. */
    public void rateLimited(String app) {
        of(app).add(Kind.RateLimited, 1);
    }

    /** A request has waited for its app. */
    public void held(String app) {
        of(app).add(Kind.Held, 1);
    }

    /** A request has waited in vain. */
    public void holdExpired(String app) {
        of(app).add(Kind.HoldsExpired, 1);
    }

    /** A backend could not be connected to. */
    public void connectError() {
        add(What.UpstreamConnectErrors, 1);
    }

    /** One more of these, or so many; gauges go down by negative ones. */
    public void add(What what, long more) {
        int index = what.slot;
        values.setOpaque(index, values.getPlain(index) + more);
    }

    /** How many of these there were or are. */
    public long of(What what) {
        return values.getOpaque(what.slot);
    }

    /** Forgets every app but these. Any thread. */
    public void retain(Set<String> known) {
        apps.keySet().removeIf(app -> !app.isEmpty() && !known.contains(app));
    }

    Map<String, AppCounters> apps() {
        return apps;
    }

    private AppCounters of(String app) {
        AppCounters known = apps.get(app);
        return known != null ? known : apps.computeIfAbsent(app, _ -> new AppCounters());
    }
}
