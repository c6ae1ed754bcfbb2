package dev.berth.schemas.edge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that an edge has to say now; sent after a snapshot was applied or refused, when a probe
 * answered, when in-flight counts changed, and every few seconds.
 *
 * @param edge random id of the edge process
 * @param version of the snapshot being served; 0 = none yet. This is the ACK.
 * @param rejected a newer snapshot that was refused, with the reason: the NACK
 * @param routes the table being served; sent in the first report to a control and then left out
 * @param inFlight backends with at least one request in flight, routed or not
 * @param probes the latest of each probe that ran since the snapshot listed it
 * @param wake sleeping apps that requests came for, by name
 * @param idle how long each app has had no request, by name; zero while it has one
 * @param problem what hinders the edge beside serving, in words: it cannot write the snapshot to
 *     its disk; {@code null} when all is well
 */
public record EdgeReport(
        String edge,
        long version,
        @Nullable Rejection rejected,
        @Nullable RouteTable routes,
        List<InFlight> inFlight,
        List<ProbeResult> probes,
        @Nullable List<String> wake,
        @Nullable Map<String, Duration> idle,
        @Nullable String problem) {
    public EdgeReport {
        inFlight = List.copyOf(inFlight);
        probes = List.copyOf(probes);
        wake = wake == null ? List.of() : List.copyOf(wake);
        idle = idle == null ? Map.of() : Map.copyOf(idle);
    }

    @Override
    public List<String> wake() {
        return wake == null ? List.of() : wake;
    }

    @Override
    public Map<String, Duration> idle() {
        return idle == null ? Map.of() : idle;
    }

    /** The report of an edge that knows nothing of sleep. */
    public EdgeReport(
            String edge,
            long version,
            @Nullable Rejection rejected,
            @Nullable RouteTable routes,
            List<InFlight> inFlight,
            List<ProbeResult> probes,
            @Nullable String problem) {
        this(edge, version, rejected, routes, inFlight, probes, List.of(), Map.of(), problem);
    }

    /** The report of an edge that has no problem. */
    public EdgeReport(
            String edge,
            long version,
            @Nullable Rejection rejected,
            @Nullable RouteTable routes,
            List<InFlight> inFlight,
            List<ProbeResult> probes) {
        this(edge, version, rejected, routes, inFlight, probes, null);
    }

    /** A refused snapshot. */
    public record Rejection(long version, String reason) {}

    /**
     * Requests between edge and backend; an upgraded connection counts as one.
     *
     * @param requests 1 or more
     * @param streams how many of them are upgraded connections or event streams, which the edge
     *     ends by itself some time after the backend has left the routes
     */
    public record InFlight(Backend backend, int requests, int streams) {
        /** Requests that end by themselves. */
        public InFlight(Backend backend, int requests) {
            this(backend, requests, 0);
        }
    }

    /**
     * How a probe stands.
     *
     * @param attempts probes answered or timed out so far
     * @param passesInARow 0 after a failure
     * @param answer the last answer for people: {@code HTTP 500}, {@code connection refused}
     */
    public record ProbeResult(String id, int attempts, int passesInARow, String answer) {}
}
