package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ContainerEngine.ExecResult;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
import dev.berth.reconciler.live.ContainerView.Exited;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Restarting;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.plan.RouteResolver;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a started container has proven itself, by the strongest evidence there is: a probe
 * from the edge, a command in it, its image's HEALTHCHECK, or having run for a while. A container
 * that keeps exiting ends the wait at once.
 */
final class ReadinessGate {
    private static final int RESTARTS_ALLOWED = 2;

    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final InstantSource clock;
    private final Preemption preemption;

    ReadinessGate(
            ContainerEngine engine,
            TrafficSwitch traffic,
            InstantSource clock,
            Preemption preemption) {
        this.engine = engine;
        this.traffic = traffic;
        this.clock = clock;
        this.preemption = preemption;
    }

    ContainerView await(ResourceId app, ContainerId id, Readiness readiness, String network)
            throws ReconcileException {
        ContainerView container = alive(id);
        Backend backend = RouteResolver.backend(container, network);
        switch (readiness.check()) {
            case Readiness.Http(var path) ->
                    probe(app, container, required(backend, container), path, true, readiness);
            case Readiness.Tcp() ->
                    probe(app, container, required(backend, container), null, true, readiness);
            case Readiness.CommandSucceeds command -> command(container, command, readiness);
            case Readiness.Automatic() -> automatic(app, container, backend, readiness);
        }
        return alive(id);
    }

    private void automatic(
            ResourceId app, ContainerView container, @Nullable Backend backend, Readiness readiness)
            throws ReconcileException {
        if (container.state() instanceof Running(_, Health health, _) && health != Health.NONE) {
            imageHealthcheck(container, readiness);
        } else if (backend != null) {
            probe(app, container, backend, "/", false, readiness);
        } else {
            uptime(container);
        }
    }

    private void probe(
            ResourceId app,
            ContainerView container,
            Backend backend,
            @Nullable String path,
            boolean strict,
            Readiness readiness)
            throws ReconcileException {
        traffic.awaitReady(
                new Probe(
                        container.id().shortId() + "-" + clock.millis(),
                        backend,
                        path,
                        strict,
                        app.name(),
                        readiness.interval(),
                        readiness.timeout()),
                readiness.deadline(),
                () -> {
                    preemption.check();
                    alive(container.id());
                });
    }

    private void command(
            ContainerView container, Readiness.CommandSucceeds command, Readiness readiness)
            throws ReconcileException {
        int passes = 0;
        Instant end = clock.instant().plus(readiness.deadline());
        String answer = "it was never run";
        while (passes < 2) {
            if (clock.instant().isAfter(end)) {
                throw notReady(container, readiness, "health command: " + answer);
            }
            alive(container.id());
            ExecResult result = engine.exec(container.id(), command.words(), readiness.timeout());
            passes = result.exitCode() == 0 ? passes + 1 : 0;
            answer = "exit code %d, %s".formatted(result.exitCode(), result.output().strip());
            pause(readiness.interval());
        }
    }

    private void imageHealthcheck(ContainerView container, Readiness readiness)
            throws ReconcileException {
        Instant end = clock.instant().plus(readiness.deadline());
        Health health = Health.STARTING;
        while (health != Health.HEALTHY) {
            if (clock.instant().isAfter(end)) {
                throw notReady(container, readiness, "the image's HEALTHCHECK says " + health);
            }
            pause(readiness.interval());
            if (alive(container.id()).state() instanceof Running(_, Health now, _)) {
                health = now;
            }
        }
    }

    private void uptime(ContainerView container) throws ReconcileException {
        Instant end = clock.instant().plus(Readiness.Automatic.UPTIME);
        while (clock.instant().isBefore(end)) {
            pause(Duration.ofMillis(200));
            alive(container.id());
        }
    }

    private void pause(Duration time) throws ReconcileException {
        preemption.check();
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "stopped while waiting");
        }
    }

    /** The container as it is now, if it runs or the engine is about to run it again. */
    private ContainerView alive(ContainerId id) throws ReconcileException {
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
            case Created() -> {}
        }
        return container;
    }

    private static void checkRestarts(ContainerView container, int restarts, String last)
            throws ReconcileException {
        if (restarts > RESTARTS_ALLOWED) {
            throw new ReconcileException.Stalled(
                    ReasonCode.StartFailed,
                    "%s keeps exiting: %d restarts%s".formatted(container.name(), restarts, last));
        }
    }

    private static Backend required(@Nullable Backend backend, ContainerView container)
            throws ReconcileException {
        if (backend == null) {
            throw new ReconcileException.Transient(
                    ReasonCode.StartFailed, container.name() + " has no address to probe");
        }
        return backend;
    }

    private static ReconcileException notReady(
            ContainerView container, Readiness readiness, String answer) {
        return new ReconcileException.Stalled(
                ReasonCode.HealthCheckFailed,
                "%s was not ready within %d s; %s"
                        .formatted(container.name(), readiness.deadline().toSeconds(), answer));
    }
}
