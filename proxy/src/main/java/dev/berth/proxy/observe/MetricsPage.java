package dev.berth.proxy.observe;

import dev.berth.proxy.observe.Exposition.MetricType;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The Prometheus text of an edge. Reads what is counted, and changes nothing. */
public final class MetricsPage {
    private static final double MILLIS = 1e3;

    private MetricsPage() {}

    /**
     * What the counters do not know.
     *
     * @param connections open client connections
     * @param accepted client connections so far
     * @param connectionsRefused because there were too many
     * @param streams of HTTP/2 and 3 that are open
     * @param streamsRefused because there were too many
     * @param headersRefused connections whose PROXY header was none
     * @param logDrops lines the access log has lost
     * @param bodyBytes of request bodies kept in memory
     * @param ejected backends that are left out because they fail
     * @param unreadBytes that wait for receivers that take nothing
     * @param stallsGivenUp receivers that were given up for want of memory
     */
    public record Gauges(
            long connections,
            long accepted,
            long connectionsRefused,
            long streams,
            long streamsRefused,
            long headersRefused,
            long logDrops,
            long bodyBytes,
            long ejected,
            long unreadBytes,
            long stallsGivenUp) {}

    /**
     * What is served.
     *
     * @param version of the snapshot in force; 0 = none
     * @param applied snapshots so far
     * @param refused snapshots so far
     */
    public record Serving(long version, Instant since, long applied, long refused) {}

    /**
     * What there is of each.
     *
     * @param inFlight requests at each backend
     * @param held requests that wait, by app
     * @param expiries when certificates end, by each name
     */
    public record Parts(
            List<InFlight> inFlight, Map<String, Long> held, Map<String, Instant> expiries) {}

    /** The page. */
    public static String of(
            List<Counters> loops,
            HandshakeCounters handshakes,
            Gauges gauges,
            Serving serving,
            Parts parts) {
        Exposition page = new Exposition();
        TrafficMetrics.write(loops, page);
        handshakes.write(page);
        parts(page, parts);
        gauges(page, gauges);
        serving(page, serving);
        ProcessMetrics.write(page);
        return page.text();
    }

    private static void parts(Exposition page, Parts parts) {
        page.single(
                "berth_edge_in_flight",
                MetricType.Gauge,
                "Requests between edge and backends.",
                parts.inFlight().stream().mapToLong(InFlight::requests).sum());
        page.family(
                "berth_edge_backend_in_flight",
                MetricType.Gauge,
                "Requests between edge and one backend.");
        for (InFlight one : parts.inFlight()) {
            page.sample(
                    one.requests(),
                    "container",
                    one.backend().container(),
                    "address",
                    one.backend().toString());
        }
        page.single(
                "berth_edge_held_requests",
                MetricType.Gauge,
                "Requests that wait for their app.",
                parts.held().values().stream().mapToLong(Long::longValue).sum());
        page.family(
                "berth_edge_app_held_requests",
                MetricType.Gauge,
                "Requests that wait for one app.");
        new TreeMap<>(parts.held()).forEach((app, held) -> page.sample(held, "app", app));
        page.family(
                "berth_edge_certificate_expiry_timestamp_seconds",
                MetricType.Gauge,
                "When the certificate that is served for a name ends, since the epoch.");
        parts.expiries().forEach((name, end) -> page.sample(end.getEpochSecond(), "name", name));
    }

    private static void gauges(Exposition page, Gauges gauges) {
        page.single(
                        "berth_edge_connections",
                        MetricType.Gauge,
                        "Open client connections.",
                        gauges.connections())
                .single(
                        "berth_edge_connections_accepted_total",
                        MetricType.Counter,
                        "Client connections that were let in.",
                        gauges.accepted())
                .single(
                        "berth_edge_connections_refused_total",
                        MetricType.Counter,
                        "Client connections closed at once because there were too many.",
                        gauges.connectionsRefused())
                .single(
                        "berth_edge_streams",
                        MetricType.Gauge,
                        "Open streams of HTTP/2 and 3.",
                        gauges.streams())
                .single(
                        "berth_edge_streams_refused_total",
                        MetricType.Counter,
                        "Streams reset at once because there were too many.",
                        gauges.streamsRefused())
                .single(
                        "berth_edge_proxy_headers_refused_total",
                        MetricType.Counter,
                        "Connections of proxies closed because their PROXY header was none.",
                        gauges.headersRefused())
                .single(
                        "berth_edge_log_dropped_total",
                        MetricType.Counter,
                        "Access log lines lost.",
                        gauges.logDrops())
                .single(
                        "berth_edge_body_bytes",
                        MetricType.Gauge,
                        "Bytes of request bodies kept to be sent again or later.",
                        gauges.bodyBytes())
                .single(
                        "berth_edge_backends_left_out",
                        MetricType.Gauge,
                        "Backends that get no requests because they fail.",
                        gauges.ejected())
                .single(
                        "berth_edge_unread_bytes",
                        MetricType.Gauge,
                        "Bytes that wait for receivers that take none.",
                        gauges.unreadBytes())
                .single(
                        "berth_edge_stalls_given_up_total",
                        MetricType.Counter,
                        "Receivers that took nothing and were given up because the memory was needed.",
                        gauges.stallsGivenUp());
    }

    private static void serving(Exposition page, Serving serving) {
        page.single(
                        "berth_edge_snapshot_version",
                        MetricType.Gauge,
                        "Version of the routes being served; 0 = none.",
                        serving.version())
                .single(
                        "berth_edge_snapshot_applied_timestamp_seconds",
                        MetricType.Gauge,
                        "Since when these routes are served, since the epoch; 0 = none are.",
                        serving.since().toEpochMilli() / MILLIS)
                .single(
                        "berth_edge_snapshots_applied_total",
                        MetricType.Counter,
                        "Snapshots that were served.",
                        serving.applied())
                .single(
                        "berth_edge_snapshots_refused_total",
                        MetricType.Counter,
                        "Snapshots that were refused (NACK).",
                        serving.refused());
    }
}
