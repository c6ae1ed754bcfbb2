package dev.berth.reconciler.desired;

import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A release that was ready once: all that is needed to go back to it but its image, which the
 * engine has. Holds no values of secrets.
 *
 * @param id of the release
 * @param image the reference it runs
 * @param revision the commit of its source
 * @param readyAt when it was first seen ready, the last time
 * @param processes templates by name of the process
 * @param replicas how many containers of each process it was ready with, the last time; without
 *     those of which that is not known
 */
public record KnownRelease(
        String id,
        String image,
        String revision,
        Instant readyAt,
        SortedMap<String, ContainerTemplate> processes,
        SortedMap<String, Integer> replicas) {
    public KnownRelease {
        Objects.requireNonNull(id, "id"); // all of it may come from a damaged file
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(readyAt, "readyAt");
        processes.forEach((name, template) -> Objects.requireNonNull(template, name));
        processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
        replicas = counted(replicas);
    }

    /** A file of before says nothing of them. */
    private static SortedMap<String, Integer> counted(@Nullable SortedMap<String, Integer> read) {
        SortedMap<String, Integer> counted = new TreeMap<>();
        if (read != null) {
            read.forEach((name, many) -> counted.put(name, Objects.requireNonNull(many, name)));
        }
        return Collections.unmodifiableSortedMap(counted);
    }

    /** Of containers as they are declared now. */
    public static KnownRelease of(
            String id, Workload.Containers declared, String revision, Instant readyAt) {
        return new KnownRelease(
                id,
                declared.image().reference(),
                revision,
                readyAt,
                declared.templates(),
                replicas(declared));
    }

    /** The same, ready with as many containers as are declared now. */
    public KnownRelease with(Workload.Containers declared) {
        return with(replicas(declared));
    }

    /** The same, ready with so many containers. */
    public KnownRelease with(SortedMap<String, Integer> others) {
        return others.equals(replicas)
                ? this
                : new KnownRelease(id, image, revision, readyAt, processes, others);
    }

    private static SortedMap<String, Integer> replicas(Workload.Containers declared) {
        SortedMap<String, Integer> replicas = new TreeMap<>();
        declared.processes().forEach((name, process) -> replicas.put(name, process.replicas()));
        return replicas;
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
