package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.plan.RouteResolver;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.edge.Backend;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lets containers that are out of traffic finish what they have, then stops and removes them. */
final class ContainerRetirer {
    private static final Duration STOP_GRACE = Duration.ofSeconds(30);

    private final String instance;
    private final ContainerEngine engine;
    private final TrafficSwitch traffic;

    ContainerRetirer(String instance, ContainerEngine engine, TrafficSwitch traffic) {
        this.instance = instance;
        this.engine = engine;
        this.traffic = traffic;
    }

    void retire(List<ContainerView> containers, Duration drain, boolean keep)
            throws ReconcileException {
        traffic.awaitDrained(backends(containers), drain);
        for (ContainerView container : containers) {
            if (!(container.state() instanceof ContainerView.Created)) {
                engine.stopContainer(container.id(), STOP_GRACE);
            }
            if (!keep) {
                engine.removeContainer(container.id());
            }
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
