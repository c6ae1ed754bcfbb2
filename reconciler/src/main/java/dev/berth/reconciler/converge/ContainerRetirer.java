package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Change.Patience;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.RouteResolver;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lets containers that are out of traffic finish what they have, then stops and removes them. */
final class ContainerRetirer {
    private static final Duration SLICE = Duration.ofMillis(500);
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final String instance;
    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final Clockwork clock;
    private final Preemption preemption;

    ContainerRetirer(
            String instance,
            ContainerEngine engine,
            TrafficSwitch traffic,
            Clockwork clock,
            Preemption preemption) {
        this.instance = instance;
        this.engine = engine;
        this.traffic = traffic;
        this.clock = clock;
        this.preemption = preemption;
    }

    void retire(RetireContainers change) throws ReconcileException {
        awaitDrained(
                backends(change.containers()),
                change.drain(),
                change.patience() != Patience.STREAMS);
        Set<String> spared = spared(change);
        stopAll(
                change.containers().stream()
                        .filter(container -> !spared.contains(container.id().shortId()))
                        .toList(),
                change.keep());
    }

    /** Short ids of containers that are not to be stopped now. */
    private Set<String> spared(RetireContainers change) throws ReconcileException {
        return switch (change.patience()) {
            case NONE -> Set.of();
            case STREAMS ->
                    traffic.served() instanceof ServedRoutes.Table(_, var activity)
                            ? activity.streaming()
                            : Set.of();
            case REQUESTS -> busy(change.resource());
        };
    }

    private Set<String> busy(ResourceId app) throws ReconcileException {
        if (!(traffic.served() instanceof ServedRoutes.Table(_, var activity))) {
            throw new ReconcileException.Waiting(
                    ReasonCode.EdgeUnavailable,
                    "only the edge knows whether anything is in flight");
        }
        if (activity.wake().contains(app.name())) { // what still runs answers it sooner
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "a request came before it was stopped");
        }
        return activity.busy();
    }

    /** Side by side: one may take all of its grace, and an app may have many. */
    private void stopAll(List<ContainerView> containers, boolean keep) throws ReconcileException {
        List<Callable<Void>> stops = containers.stream().map(c -> stopping(c, keep)).toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> stop : threads.invokeAll(stops)) {
                stop.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ReconcileException failure) {
                throw failure;
            }
            throw new IllegalStateException("a bug stopped the retiring", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "interrupted while stopping containers");
        }
    }

    private Callable<Void> stopping(ContainerView container, boolean keep) {
        return () -> {
            if (!(container.state() instanceof ContainerView.Created)) {
                engine.stopContainer(container.id(), STOP_GRACE);
            }
            if (!keep) {
                engine.removeContainer(container.id());
            }
            return null;
        };
    }

    /**
     * A newer commit does not wait for a long download from an older release; the next pass does.
     */
    private void awaitDrained(Set<Backend> backends, Duration drain, boolean streamsToo)
            throws ReconcileException {
        Deadline end = Deadline.in(drain, clock);
        while (!traffic.awaitDrained(backends, streamsToo, SLICE) && !end.over(clock)) {
            preemption.check();
        }
        if (!traffic.confirmed()) {
            throw new ReconcileException.Transient(
                    ReasonCode.EdgeUnavailable,
                    "the edge has not taken the new routes; nothing is stopped");
        }
    }

    private Set<Backend> backends(List<ContainerView> containers) {
        return containers.stream()
                .flatMap(
                        c ->
                                Stream.ofNullable(
                                        RouteResolver.backend(
                                                c, ObjectNames.network(instance, c.owner()))))
                .collect(Collectors.toUnmodifiableSet());
    }
}
