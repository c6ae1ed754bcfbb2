package dev.berth.schemas.status;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the edge serves one app at this moment, as of its latest report.
 *
 * @param known false while no edge reports; the rest is then empty
 * @param idleSeconds time without a request; 0 while there is one; {@code null} = not known
 * @param requests in flight to the containers that its routes lead to
 * @param streams how many of them are upgraded connections or event streams
 * @param woken true when a request waits for the app to start
 * @param routes by host and path
 */
public record TrafficStatus(
        boolean known,
        @Nullable Long idleSeconds,
        int requests,
        int streams,
        boolean woken,
        List<RouteStatus> routes) {
    /** No edge reports. */
    public static final TrafficStatus UNKNOWN =
            new TrafficStatus(false, null, 0, 0, false, List.of());

    public TrafficStatus {
        routes = List.copyOf(routes);
    }

    /**
     * One place that leads to the app.
     *
     * @param place host, and path unless it is /
     * @param to what answers, for people
     * @param asleep whether it waits for a request to have the app started
     * @param policy how its requests are treated, by the field of {@code spec.traffic}; only what
     *     differs from mere forwarding
     */
    public record RouteStatus(
            String place, String to, boolean asleep, Map<String, String> policy) {}
}
