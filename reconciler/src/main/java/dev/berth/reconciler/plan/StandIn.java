package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.edge.Backend;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The release that serves in place of one that failed: which of its containers are there, and which
 * were lost. Pure.
 *
 * @param app the app at that release
 * @param workload as many replicas as served, and no more than are declared
 * @param slots what is there and what lacks
 */
record StandIn(DesiredApp app, Workload.Containers workload, SlotMatch slots) {
    /**
     * Of an app at the release that was ready last.
     *
     * @param all the app's containers, of any release
     * @param routes those that lead to the app
     */
    static StandIn of(
            String instance,
            DesiredApp app,
            Workload.Containers then,
            List<ContainerView> all,
            List<DesiredRoute> routes,
            Served served) {
        String release = Release.idOf(then);
        List<ContainerView> its = all.stream().filter(c -> c.release().equals(release)).toList();
        boolean allLost = its.isEmpty() && served.containers().isEmpty();
        SortedMap<String, DesiredProcess> processes = new TreeMap<>(then.processes());
        if (!allLost) { // it may have had fewer than the one that failed is to have
            processes.replaceAll((name, process) -> asMany(name, process, its, routes, served));
        }
        Workload.Containers workload = new Workload.Containers(then.image(), processes);
        return new StandIn(
                app, workload, SlotMatch.of(instance, app, workload, its, SlotMatch.Before.READY));
    }

    private static DesiredProcess asMany(
            String name,
            DesiredProcess process,
            List<ContainerView> its,
            List<DesiredRoute> routes,
            Served served) {
        int slots =
                its.stream()
                        .filter(c -> c.process().equals(name))
                        .mapToInt(ContainerView::slot)
                        .max()
                        .orElse(0);
        long inTraffic =
                served.routes().stream()
                        .filter(
                                route ->
                                        routes.stream()
                                                .anyMatch(
                                                        r ->
                                                                leads(
                                                                        r,
                                                                        name,
                                                                        route.host(),
                                                                        route.path())))
                        .flatMap(route -> route.backends().stream())
                        .map(Backend::container)
                        .distinct()
                        .count();
        int had = Math.max(slots, (int) inTraffic);
        return new DesiredProcess(
                process.template(), Math.min(process.replicas(), had), process.readiness());
    }

    private static boolean leads(DesiredRoute route, String process, String host, String path) {
        return route.host().equals(host)
                && route.path().equals(path)
                && route.destination() instanceof DesiredRoute.ToApp(_, var to)
                && to.equals(process);
    }

    String release() {
        return slots.release();
    }

    boolean isWhole() {
        return slots.starts().isEmpty();
    }
}
