package dev.berth.reconciler.simulation;

import java.util.Comparator;
import java.util.List;

/**
 * All that happens in one run. A run is a function of it.
 *
 * @param interleaving seed of the order of threads and of the jitter of control
 * @param events sorted by time
 */
public record History(long interleaving, List<Event> events) {
    public History {
        events = events.stream().sorted(Comparator.comparing(Event::at)).toList();
    }
}
