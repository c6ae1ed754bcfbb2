package dev.berth.reconciler.desired;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A release that was ready once: all that is needed to go back to it but its image, which the
 * engine has. Holds no values of secrets.
 *
 * @param id of the release
 * @param image the reference it runs
 * @param revision the commit of its source
 * @param readyAt when it was first seen ready, the last time
 * @param processes templates by name of the process
 */
public record KnownRelease(
        String id,
        String image,
        String revision,
        Instant readyAt,
        SortedMap<String, ContainerTemplate> processes) {
    public KnownRelease {
        processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
    }
}
