package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
import dev.berth.reconciler.live.ContainerView.Exited;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Restarting;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.ContainerView.Stopping;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether waiting for a container still makes sense: what ends a wait before its deadline. Confined
 * to the thread that waits.
 */
final class Liveness {
    private static final int RESTARTS_ALLOWED = 2;

    private final ContainerEngine engine;
    private final Clockwork clockwork;
    private final Ends ends;

    /**
     * How often each that had fallen often was restarted before it was looked at: long ago, maybe.
     */
    private final Map<ContainerId, Integer> restartsBefore = new HashMap<>();

    /**
     * Looks by an engine.
     *
     * @param ends what ends a wait although the container lives
     */
    Liveness(ContainerEngine engine, Clockwork clockwork, Ends ends) {
        this.engine = engine;
        this.clockwork = clockwork;
        this.ends = ends;
    }

    /** Ends a wait that makes sense and is given up. */
    @FunctionalInterface
    interface Ends {
        /**
         * Asks.
         *
         * @throws ReconcileException.Waiting when it is to end
         */
        void check() throws ReconcileException;
    }

    /**
     * The container as it is now, if it runs or the engine is about to run it again.
     *
     * @throws ReconcileException.Stalled when it has ended, or keeps ending
     * @throws ReconcileException.Waiting when the wait is given up
     */
    ContainerView check(ContainerId id) throws ReconcileException {
        ends.check();
        ContainerView container = engine.container(id).orElse(null);
        if (container == null) {
            throw new ReconcileException.Transient(
                    ReasonCode.StartFailed, "container " + id.shortId() + " was removed");
        }
        switch (container.state()) {
            case Running(_, _, var restarts) -> checkRestarts(container, restarts, "");
            case Restarting(var code, var restarts) ->
                    checkRestarts(container, restarts, ", the last time with code " + code);
            case Exited(var code, var outOfMemory) ->
                    throw new ReconcileException.Stalled(
                            ReasonCode.StartFailed,
                            "%s exited with code %d%s"
                                    .formatted(
                                            container.name(),
                                            code,
                                            outOfMemory ? " (out of memory)" : ""));
            case Paused() ->
                    throw new ReconcileException.Transient(
                            ReasonCode.StartFailed, container.name() + " was paused by hand");
            case Created(), Stopping() -> {}
        }
        return container;
    }

    /** Lets time pass between two looks. */
    void pause(Duration time) throws ReconcileException {
        ends.check();
        try {
            clockwork.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "stopped while waiting");
        }
    }

    private void checkRestarts(ContainerView container, int restarts, String last)
            throws ReconcileException {
        int before =
                restartsBefore.computeIfAbsent(
                        container.id(), _ -> restarts > RESTARTS_ALLOWED ? restarts : 0);
        if (restarts - before > RESTARTS_ALLOWED) {
            throw new ReconcileException.Stalled(
                    ReasonCode.StartFailed,
                    "%s keeps exiting: %d restarts%s".formatted(container.name(), restarts, last));
        }
    }
}
