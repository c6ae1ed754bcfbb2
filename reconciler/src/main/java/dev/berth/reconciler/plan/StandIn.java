package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The release that served before one that failed, and is to serve in its place: which of its
 * containers are there, and which were lost. Pure.
 *
 * @param app the app at that release
 * @param asItWas its id when it served: with the secrets of now it may have another
 * @param workload as many replicas as served, and no more than are declared
 * @param slots what is there and what lacks
 */
record StandIn(DesiredApp app, String asItWas, Workload.Containers workload, SlotMatch slots) {
    /**
     * Of an app.
     *
     * @param former the app at that release
     * @param then what runs of it
     * @param known how it served
     * @param all the app's containers, of any release
     */
    static StandIn of(
            String instance,
            DesiredApp former,
            Workload.Containers then,
            KnownRelease known,
            List<ContainerView> all) {
        String release = Release.idOf(then);
        List<ContainerView> its = all.stream().filter(c -> c.release().equals(release)).toList();
        SortedMap<String, DesiredProcess> processes = new TreeMap<>(then.processes());
        processes.replaceAll((name, process) -> asMany(process, had(name, known, its)));
        Workload.Containers workload = new Workload.Containers(then.image(), processes);
        return new StandIn(
                former,
                known.id(),
                workload,
                SlotMatch.of(instance, former, workload, its, SlotMatch.Before.READY));
    }

    /** It may have had fewer than the one that failed is to have. */
    private static DesiredProcess asMany(DesiredProcess process, int had) {
        return new DesiredProcess(
                process.template(), Math.min(process.replicas(), had), process.readiness());
    }

    /** Where nobody counted them, what is there tells of most. */
    private static int had(String process, KnownRelease known, List<ContainerView> its) {
        Integer had = known.replicas().get(process);
        return had != null
                ? had
                : its.stream()
                        .filter(c -> c.process().equals(process))
                        .mapToInt(ContainerView::slot)
                        .max()
                        .orElse(1);
    }

    String release() {
        return slots.release();
    }

    /** True for a container's release that is this one, with secrets of whatever time. */
    boolean is(String other) {
        return other.equals(asItWas) || other.equals(release());
    }

    boolean isWhole() {
        return slots.starts().isEmpty();
    }
}
