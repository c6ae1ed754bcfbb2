package dev.berth.reconciler.desired;

import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
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
        Objects.requireNonNull(id, "id"); // all of it may come from a damaged file
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(readyAt, "readyAt");
        processes.forEach((name, template) -> Objects.requireNonNull(template, name));
        processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
    }

    /** Of containers as they are declared now. */
    public static KnownRelease of(
            String id, Workload.Containers declared, String revision, Instant readyAt) {
        return new KnownRelease(
                id, declared.image().reference(), revision, readyAt, declared.templates());
    }

    /** True when requests can get to that process of it. */
    public boolean listens(String process) {
        ContainerTemplate template = processes.get(process);
        return template != null && template.port() != null;
    }

    /** True when what is declared now is this release. */
    public boolean is(Workload.Containers declared) {
        return image.equals(declared.image().reference()) && processes.equals(declared.templates());
    }
}
