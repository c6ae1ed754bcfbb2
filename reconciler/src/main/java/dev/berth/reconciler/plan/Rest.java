package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether an app sleeps or should. What is asleep is what the edge serves so; a newer release of it
 * starts with the next request.
 *
 * @param routed false when no route leads to it: nobody could ask for it
 */
record Rest(DesiredApp app, boolean routed, List<ContainerView> containers, Served served) {
    private static final Duration OFTEN = Duration.ofMillis(200);

    /**
     * The time that is over when it is asleep, or idle for long enough to be; {@code null} when it
     * should run.
     */
    @Nullable Duration after() {
        Duration after = app.sleepAfter();
        if (after == null || !routed || asked()) {
            return null;
        }
        Duration idle = served.activity().idle().get(app.id().name());
        boolean tired =
                idle != null && idle.compareTo(after) >= 0 && !served.containers().isEmpty();
        return served.asleep() || tired ? after : null;
    }

    /**
     * True while only the edge could tell: else every restart of Berth would start whatever sleeps.
     */
    boolean mayBeAsleep() {
        return app.sleepAfter() != null
                && routed
                && !served.known()
                && containers.stream().noneMatch(ContainerView::running);
    }

    /** True when a request waits for it to start. */
    boolean woken() {
        return served.asleep() && asked();
    }

    private boolean asked() {
        return served.activity().wake().contains(app.id().name());
    }

    /** Somebody waits for the first moment at which it is ready. */
    static Workload.Containers probedOften(Workload.Containers wanted) {
        TreeMap<String, DesiredProcess> processes = new TreeMap<>(wanted.processes());
        processes.replaceAll(
                (_, process) ->
                        new DesiredProcess(
                                process.template(),
                                process.replicas(),
                                process.readiness().every(OFTEN)));
        return new Workload.Containers(wanted.image(), processes);
    }
}
