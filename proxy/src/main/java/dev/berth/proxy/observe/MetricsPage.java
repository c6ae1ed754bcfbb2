package dev.berth.proxy.observe;

import java.util.Comparator;
import java.util.Map.Entry;
import java.util.concurrent.atomic.LongAdder;

/** The Prometheus text of an edge (exposition format 0.0.4). Pure but for reading the counters. */
public final class MetricsPage {
    private MetricsPage() {}

    /**
     * What the counters do not know.
     *
     * @param inFlight requests between edge and backends
     * @param connections open client connections
     * @param logDrops lines the access log has lost
     * @param version of the snapshot in force
     * @param bodyBytes of request bodies kept in memory
     * @param connectionsRefused because there were too many
     * @param held requests that wait for their app
     * @param ejected backends that are left out because they fail
     * @param unreadBytes that wait for receivers that take nothing
     * @param stallsGivenUp receivers that were given up for want of memory
     */
    public record Gauges(
            long inFlight,
            long connections,
            long logDrops,
            long version,
            long bodyBytes,
            long connectionsRefused,
            long held,
            long ejected,
            long unreadBytes,
            long stallsGivenUp) {}

    /** The page. */
    public static String of(Counters counters, Gauges gauges) {
        StringBuilder page = new StringBuilder(1024);
        head(page, "berth_edge_requests_total", "counter", "Requests answered.");
        counters.requests().entrySet().stream()
                .sorted(
                        Comparator.comparing(
                                        (Entry<Counters.Series, LongAdder> e) -> e.getKey().app())
                                .thenComparingInt(e -> e.getKey().statusClass()))
                .forEach(
                        e ->
                                page.append("berth_edge_requests_total{app=\"")
                                        .append(e.getKey().app())
                                        .append("\",status=\"")
                                        .append(e.getKey().statusClass())
                                        .append("xx\"} ")
                                        .append(e.getValue().sum())
                                        .append('\n'));
        single(
                page,
                "berth_edge_upstream_connect_errors_total",
                "counter",
                "Backends not reached.",
                counters.connectErrors());
        single(
                page,
                "berth_edge_retries_total",
                "counter",
                "Requests sent once more.",
                counters.retries());
        single(
                page,
                "berth_edge_in_flight",
                "gauge",
                "Requests between edge and backends.",
                gauges.inFlight());
        single(
                page,
                "berth_edge_connections",
                "gauge",
                "Open client connections.",
                gauges.connections());
        single(
                page,
                "berth_edge_log_dropped_total",
                "counter",
                "Access log lines lost.",
                gauges.logDrops());
        single(
                page,
                "berth_edge_snapshot_version",
                "gauge",
                "Version of the routes being served; 0 = none.",
                gauges.version());
        single(
                page,
                "berth_edge_body_bytes",
                "gauge",
                "Bytes of request bodies kept to be sent again or later.",
                gauges.bodyBytes());
        single(
                page,
                "berth_edge_connections_refused_total",
                "counter",
                "Client connections closed at once because there were too many.",
                gauges.connectionsRefused());
        single(
                page,
                "berth_edge_held_requests",
                "gauge",
                "Requests that wait for their app.",
                gauges.held());
        single(
                page,
                "berth_edge_backends_left_out",
                "gauge",
                "Backends that get no requests because they fail.",
                gauges.ejected());
        single(
                page,
                "berth_edge_unread_bytes",
                "gauge",
                "Bytes that wait for receivers that take none.",
                gauges.unreadBytes());
        single(
                page,
                "berth_edge_stalls_given_up_total",
                "counter",
                "Receivers that took nothing and were given up because the memory was needed.",
                gauges.stallsGivenUp());
        return page.toString();
    }

    private static void single(
            StringBuilder page, String name, String type, String help, long value) {
        head(page, name, type, help);
        page.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder page, String name, String type, String help) {
        page.append("# HELP ").append(name).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
