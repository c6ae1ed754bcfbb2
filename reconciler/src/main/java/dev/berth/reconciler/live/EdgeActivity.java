package dev.berth.reconciler.live;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the edge sees of who is used.
 *
 * @param requests how many are in flight to a container, by its short id, routed or not; only
 *     containers that have any
 * @param streams how many of them are upgraded connections or event streams; likewise
 * @param idle how long each app has had no request, by name; an app that is not in it is not known
 * @param wake names of sleeping apps that a request came for
 */
public record EdgeActivity(
        Map<String, Integer> requests,
        Map<String, Integer> streams,
        Map<String, Duration> idle,
        Set<String> wake) {
    /** Nothing is known. */
    public static final EdgeActivity NONE =
            new EdgeActivity(Map.of(), Map.of(), Map.of(), Set.of());

    public EdgeActivity {
        requests = Map.copyOf(requests);
        streams = Map.copyOf(streams);
        idle = Map.copyOf(idle);
        wake = Set.copyOf(wake);
    }

    /** Short ids of containers with anything in flight. */
    public Set<String> busy() {
        return requests.keySet();
    }

    /** Short ids of containers with open streams. */
    public Set<String> streaming() {
        return streams.keySet();
    }
}
