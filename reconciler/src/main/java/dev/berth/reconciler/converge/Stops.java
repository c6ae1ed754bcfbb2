package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which containers were told to stop and may not have ended yet. Work that stops containers may be
 * cut short, and the engine goes on with it: such a container still answers, and nobody is to rely
 * on it. Thread-safe.
 */
final class Stops {
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** After the grace the engine kills; what runs this much later was never told. */
    private static final Duration AT_MOST = GRACE.plusSeconds(5);

    private final ContainerEngine engine;
    private final Clockwork clock;
    private final Map<ContainerId, Deadline> open = new ConcurrentHashMap<>();

    Stops(ContainerEngine engine, Clockwork clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /** Returns when it has ended. */
    void stop(ContainerId id) throws ReconcileException {
        open.put(id, Deadline.in(AT_MOST, clock));
        try {
            engine.stopContainer(id, GRACE);
            open.remove(id);
        } catch (ReconcileException e) {
            if (!Thread.currentThread().isInterrupted()) {
                open.remove(id);
            }
            throw e;
        }
    }

    /** What was seen, and what is known of it besides. */
    Observation seen(Observation observation) {
        return switch (observation) {
            case Observation.Unknown unknown -> unknown;
            case Observation.Known(LiveState live) -> new Observation.Known(seen(live));
        };
    }

    private LiveState seen(LiveState live) {
        if (open.isEmpty()) {
            return live;
        }
        List<ContainerId> running =
                live.containers().stream()
                        .filter(ContainerView::running)
                        .map(ContainerView::id)
                        .toList();
        open.entrySet()
                .removeIf(stop -> stop.getValue().over(clock) || !running.contains(stop.getKey()));
        return live.with(
                live.containers().stream()
                        .map(c -> open.containsKey(c.id()) ? c.in(new ContainerView.Stopping()) : c)
                        .toList());
    }
}
