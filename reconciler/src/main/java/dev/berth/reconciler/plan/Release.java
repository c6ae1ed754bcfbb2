package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.SortedMap;

/**
 * What is needed for one generation of an app to become ready.
 *
 * @param id short hash over the templates of all processes
 * @param image made available first; only used when there are starts
 * @param revision given to new containers as BERTH_REVISION
 * @param starts containers to make
 * @param candidates containers that exist, are not in traffic and have to prove themselves; started
 *     when they do not run
 * @param dependsOn what the app depends on: new containers say so, for the order of removals
 */
public record Release(
        String id,
        ImageSource image,
        String revision,
        List<Start> starts,
        List<Candidate> candidates,
        List<ResourceId> dependsOn) {
    public Release {
        starts = List.copyOf(starts);
        candidates = List.copyOf(candidates);
        dependsOn = List.copyOf(dependsOn);
    }

    /**
     * The id of a release: a hash, so the same containers are the same release, whatever the
     * commit.
     */
    public static String idOf(Workload.Containers wanted) {
        return idOf(wanted.templates());
    }

    /**
     * Likewise.
     *
     * @param templates by name of the process
     */
    public static String idOf(SortedMap<String, ContainerTemplate> templates) {
        return SlotMatch.releaseId(templates);
    }

    /** Containers that are there, to be proven as the processes of a workload are. */
    static List<Candidate> candidates(
            Workload.Containers wanted, List<ContainerView> containers, boolean disposable) {
        return containers.stream()
                .map(
                        c -> {
                            var process = wanted.processes().get(c.process());
                            return new Candidate(
                                    c,
                                    process == null ? Readiness.DEFAULT : process.readiness(),
                                    disposable);
                        })
                .toList();
    }

    /**
     * A container to make.
     *
     * @param name of the container; free, or that of a container of the same spec that was made and
     *     never started
     * @param slot from 1
     */
    public record Start(
            String name,
            String process,
            int slot,
            ContainerTemplate template,
            Readiness readiness) {}

    /**
     * A container that exists.
     *
     * @param disposable true when others serve, so that this one may go if it fails; false when it
     *     may be the only one that can serve, because the edge forgot it or it was stopped for
     *     another
     */
    public record Candidate(ContainerView container, Readiness readiness, boolean disposable) {}
}
