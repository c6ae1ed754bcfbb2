package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lets containers that are out of traffic finish what they have, then stops and removes them. */
final class ContainerRetirer {
    private static final Duration SLICE = Duration.ofMillis(500);

    private final String instance;
    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final Clockwork clock;
    private final Turn turn;
    private final Stops stops;

    ContainerRetirer(
            String instance,
            ContainerEngine engine,
            TrafficSwitch traffic,
            Clockwork clock,
            Turn turn,
            Stops stops) {
        this.instance = instance;
        this.engine = engine;
        this.traffic = traffic;
        this.clock = clock;
        this.turn = turn;
        this.stops = stops;
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

    /** Asked before each step that takes something away. */
    void checkPermit() throws ReconcileException {
        turn.checkPermit();
    }

    /** Stopping may be cut short, the engine then goes on with it; removing is not. */
    private void stopAll(List<ContainerView> containers, boolean keep) throws ReconcileException {
        List<ContainerView> running =
                containers.stream().filter(c -> !(c.state() instanceof Created)).toList();
        turn.checkPermit();
        SideBySide stopped = turn.during(() -> SideBySide.run(clock, "stop", running, this::stop));
        if (!keep) {
            turn.checkPermit();
            removeAll(containers.stream().filter(c -> !stopped.failed(c)).toList()).throwFirst();
        }
        stopped.throwFirst();
    }

    /** What could be seen when all of them were begun with need not be so for each. */
    private void stop(ContainerView container) throws ReconcileException {
        turn.checkPermit();
        stops.stop(container.id());
    }

    private void remove(ContainerView container) throws ReconcileException {
        turn.checkPermit();
        engine.removeContainer(container.id());
    }

    private SideBySide removeAll(List<ContainerView> containers) throws ReconcileException {
        try {
            return SideBySide.run(clock, "remove", containers, this::remove);
        } catch (InterruptedException e) { // by nobody: it is no place to end
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "interrupted while removing containers");
        }
    }

    /**
     * A newer commit does not wait for a long download from an older release; the next pass does.
     */
    private void awaitDrained(Set<Backend> backends, Duration drain, boolean streamsToo)
            throws ReconcileException {
        turn.aside(
                () -> {
                    Deadline end = Deadline.in(drain, clock);
                    while (!traffic.awaitDrained(backends, streamsToo, SLICE) && !end.over(clock)) {
                        turn.check();
                    }
                });
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
