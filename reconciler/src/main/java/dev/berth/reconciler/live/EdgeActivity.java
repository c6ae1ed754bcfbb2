package dev.berth.reconciler.live;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the edge sees of who is used.
 *
 * @param busy short ids of containers with anything in flight, routed or not
 * @param streaming short ids of containers with upgraded connections or event streams, routed or
 *     not
 * @param idle how long each app has had no request, by name; an app that is not in it is not known
 * @param wake names of sleeping apps that a request came for
 */
public record EdgeActivity(
        Set<String> busy, Set<String> streaming, Map<String, Duration> idle, Set<String> wake) {
    /** Nothing is known. */
    public static final EdgeActivity NONE =
            new EdgeActivity(Set.of(), Set.of(), Map.of(), Set.of());

    public EdgeActivity {
        busy = Set.copyOf(busy);
        streaming = Set.copyOf(streaming);
        idle = Map.copyOf(idle);
        wake = Set.copyOf(wake);
    }
}
