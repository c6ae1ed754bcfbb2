package dev.berth.proxy.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What has happened since the start. Thread-safe; an increment never waits. */
public final class Counters {
    private final ConcurrentMap<Series, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder connectErrors = new LongAdder();
    private final LongAdder retries = new LongAdder();

    /**
     * A line of the request metric.
     *
     * @param app empty for answers of the edge itself
     * @param statusClass 1 to 5
     */
    public record Series(String app, int statusClass) {}

    /** A request has ended with that status. */
    public void request(String app, int status) {
        requests.computeIfAbsent(new Series(app, status / 100), _ -> new LongAdder()).increment();
    }

    /** A backend could not be connected to. */
    public void connectError() {
        connectErrors.increment();
    }

    /** A request was sent once more. */
    public void retry() {
        retries.increment();
    }

    /** Requests by app and status class. */
    public Map<Series, LongAdder> requests() {
        return Map.copyOf(requests);
    }

    public long connectErrors() {
        return connectErrors.sum();
    }

    public long retries() {
        return retries.sum();
    }
}
