package dev.berth.proxy.observe;

import dev.berth.proxy.observe.AppCounters.Kind;
import dev.berth.proxy.observe.Counters.What;
import dev.berth.proxy.observe.Exposition.MetricType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The metrics that event loops count, summed over all of them. */
final class TrafficMetrics {
    private static final double MICROS = 1e6;

    private final List<Counters> loops;
    private final SortedMap<String, List<AppCounters>> apps = new TreeMap<>();
    private final Exposition page;

    private TrafficMetrics(List<Counters> loops, Exposition page) {
        this.loops = loops;
        this.page = page;
        for (Counters loop : loops) {
            loop.apps()
                    .forEach(
                            (app, counters) ->
                                    apps.computeIfAbsent(app, _ -> new ArrayList<>())
                                            .add(counters));
        }
    }

    static void write(List<Counters> loops, Exposition page) {
        TrafficMetrics metrics = new TrafficMetrics(loops, page);
        metrics.requests();
        metrics.latencies();
        metrics.perApp();
        metrics.upstreams();
        metrics.clients();
    }

    private void requests() {
        page.family("berth_edge_requests_total", MetricType.Counter, "Requests answered.");
        apps.forEach(
                (app, all) -> {
                    for (int i = 1; i < AppCounters.CLASSES; i++) {
                        int statusClass = i;
                        long count = sum(all, counters -> counters.ofClass(statusClass));
                        if (count > 0) {
                            page.sample(count, "app", app, "status", i + "xx");
                        }
                    }
                });
    }

    private void latencies() {
        page.family(
                "berth_edge_request_duration_seconds",
                MetricType.Histogram,
                "Time from the head of a request to the last byte of its answer.");
        apps.forEach(
                (app, all) -> {
                    long below = 0;
                    for (int i = 0; i <= AppCounters.BOUNDS.length; i++) {
                        int bucket = i;
                        below += sum(all, counters -> counters.inBucket(bucket));
                        String bound =
                                i == AppCounters.BOUNDS.length
                                        ? "+Inf"
                                        : Double.toString(AppCounters.BOUNDS[i] / MICROS);
                        page.sampleOf("_bucket", below, "app", app, "le", bound);
                    }
                    page.sampleOf("_sum", sum(all, c -> c.of(Kind.Micros)) / MICROS, "app", app);
                    page.sampleOf("_count", below, "app", app);
                });
    }

    private void perApp() {
        each("berth_edge_received_bytes_total", "Bytes of request bodies.", Kind.BytesIn);
        each("berth_edge_sent_bytes_total", "Bytes of answers' bodies.", Kind.BytesOut);
        each("berth_edge_retries_total", "Requests sent once more.", Kind.Retries);
        each("berth_edge_rate_limited_total", "Requests refused with 429.", Kind.RateLimited);
        each("berth_edge_holds_total", "Requests that waited for their app.", Kind.Held);
        each(
                "berth_edge_holds_expired_total",
                "Requests that waited for their app in vain.",
                Kind.HoldsExpired);
    }

    private void each(String name, String help, Kind kind) {
        page.family(name, MetricType.Counter, help);
        apps.forEach((app, all) -> page.sample(sum(all, c -> c.of(kind)), "app", app));
    }

    private void upstreams() {
        page.single(
                "berth_edge_upstream_connect_errors_total",
                MetricType.Counter,
                "Backends not reached.",
                all(What.UpstreamConnectErrors));
        page.single(
                "berth_edge_upstream_connections_created_total",
                MetricType.Counter,
                "Connections made to backends.",
                all(What.UpstreamCreated));
        page.single(
                "berth_edge_upstream_connections_reused_total",
                MetricType.Counter,
                "Requests sent on a connection from the pool.",
                all(What.UpstreamReused));
        page.single(
                "berth_edge_upstream_connections_stale_total",
                MetricType.Counter,
                "Connections from the pool that a backend had just closed.",
                all(What.UpstreamStale));
        page.single(
                "berth_edge_upstream_connections",
                MetricType.Gauge,
                "Open connections to backends.",
                all(What.UpstreamCreated) - all(What.UpstreamClosed));
        page.single(
                "berth_edge_upstream_connections_idle",
                MetricType.Gauge,
                "Connections to backends that wait in a pool.",
                all(What.UpstreamIdle));
    }

    private void clients() {
        page.family(
                        "berth_edge_protocol_connections",
                        MetricType.Gauge,
                        "Open client connections that have agreed on a protocol.")
                .sample(all(What.Http1Open), "protocol", "http/1")
                .sample(all(What.Http2Open), "protocol", "h2");
        page.family(
                        "berth_edge_protocol_connections_total",
                        MetricType.Counter,
                        "Client connections that have agreed on a protocol.")
                .sample(all(What.Http1Begun), "protocol", "http/1")
                .sample(all(What.Http2Begun), "protocol", "h2");
    }

    private long all(What what) {
        return loops.stream().mapToLong(loop -> loop.of(what)).sum();
    }

    private static long sum(List<AppCounters> all, ToLongFunction<AppCounters> of) {
        return all.stream().mapToLong(of).sum();
    }
}
