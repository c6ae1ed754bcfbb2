package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ContainerEngine.ExecResult;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
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
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final InstantSource clock;
    private final Liveness liveness;

    ReadinessGate(
            ContainerEngine engine,
            TrafficSwitch traffic,
            InstantSource clock,
            Preemption preemption) {
        this.engine = engine;
        this.traffic = traffic;
        this.clock = clock;
        this.liveness = new Liveness(engine, preemption);
    }

    ContainerView await(ResourceId app, ContainerId id, Readiness readiness, String network)
            throws ReconcileException {
        Wait wait = new Wait(app, readiness, clock.instant().plus(readiness.deadline()));
        ContainerView container = awaitRunning(id, wait);
        switch (readiness.check()) {
            case Readiness.Http(var path) -> probe(container, network, path, true, wait);
            case Readiness.Tcp() -> probe(container, network, null, true, wait);
            case Readiness.CommandSucceeds command -> command(container, command, wait);
            case Readiness.Automatic() -> automatic(container, network, wait);
        }
        ContainerView proven = liveness.check(id);
        if (!proven.running()) { // it would be switched to with no address
            throw new ReconcileException.Transient(
                    ReasonCode.StartFailed, proven.name() + " ended as soon as it was ready");
        }
        return proven;
    }

    /** What is waited for, and until when. */
    private record Wait(ResourceId app, Readiness readiness, Instant end) {
        ReconcileException over(ContainerView container, String answer) {
            return new ReconcileException.Stalled(
                    ReasonCode.HealthCheckFailed,
                    "%s was not ready within %d s; %s"
                            .formatted(container.name(), readiness.deadline().toSeconds(), answer));
        }
    }

    /** One that the engine is about to start again has no address and no health to judge it by. */
    private ContainerView awaitRunning(ContainerId id, Wait wait) throws ReconcileException {
        ContainerView container = liveness.check(id);
        while (!container.running()) {
            if (clock.instant().isAfter(wait.end())) {
                throw wait.over(container, "it does not stay up");
            }
            liveness.pause(BETWEEN_LOOKS);
            container = liveness.check(id);
        }
        return container;
    }

    private void automatic(ContainerView container, String network, Wait wait)
            throws ReconcileException {
        ContainerTemplate template = container.template();
        if (container.state() instanceof Running(_, Health health, _) && health != Health.NONE) {
            imageHealthcheck(container, wait);
        } else if (template != null && template.port() != null) {
            probe(container, network, "/", false, wait);
        } else {
            uptime(container, wait);
        }
    }

    private void probe(
            ContainerView container,
            String network,
            @Nullable String path,
            boolean strict,
            Wait wait)
            throws ReconcileException {
        Backend backend = RouteResolver.backend(container, network);
        if (backend == null) {
            throw new ReconcileException.Transient(
                    ReasonCode.StartFailed, container.name() + " has no address to probe");
        }
        traffic.awaitReady(
                new Probe(
                        container.id().shortId() + "-" + clock.millis(),
                        backend,
                        path,
                        strict,
                        wait.app().name(),
                        wait.readiness().interval(),
                        wait.readiness().timeout()),
                untilEnd(wait),
                () -> liveness.check(container.id()));
    }

    private void command(ContainerView container, Readiness.CommandSucceeds command, Wait wait)
            throws ReconcileException {
        int passes = 0;
        String answer = "it was never run";
        while (passes < 2) {
            if (clock.instant().isAfter(wait.end())) {
                throw wait.over(container, "health command: " + answer);
            }
            liveness.check(container.id());
            try {
                ExecResult result =
                        engine.exec(container.id(), command.words(), wait.readiness().timeout());
                passes = result.exitCode() == 0 ? passes + 1 : 0;
                answer = "exit code %d, %s".formatted(result.exitCode(), result.output().strip());
            } catch (ReconcileException.Transient e) {
                if (e.reason() != ReasonCode.HealthCheckFailed) {
                    throw e; // says nothing about the container
                }
                passes = 0;
                answer = e.getMessage();
            }
            liveness.pause(wait.readiness().interval());
        }
    }

    private void imageHealthcheck(ContainerView container, Wait wait) throws ReconcileException {
        Health health = Health.STARTING;
        while (health != Health.HEALTHY) {
            if (clock.instant().isAfter(wait.end())) {
                throw wait.over(container, "the image's HEALTHCHECK says " + health);
            }
            liveness.pause(wait.readiness().interval());
            if (liveness.check(container.id()).state() instanceof Running(_, Health now, _)) {
                health = now;
            }
        }
    }

    private void uptime(ContainerView container, Wait wait) throws ReconcileException {
        Instant since = clock.instant();
        Instant end = wait.end().plus(Readiness.Automatic.UPTIME);
        ContainerView.State before = container.state();
        while (since.plus(Readiness.Automatic.UPTIME).isAfter(clock.instant())) {
            if (clock.instant().isAfter(end)) {
                throw wait.over(container, "it does not stay up");
            }
            liveness.pause(BETWEEN_LOOKS);
            ContainerView.State now = liveness.check(container.id()).state();
            if (!now.equals(before)) {
                before = now;
                since = clock.instant();
            }
        }
    }

    /** In whole seconds, because a person is told it. */
    private Duration untilEnd(Wait wait) {
        Duration left = Duration.between(clock.instant(), wait.end());
        return Duration.ofSeconds(Math.max(0, left.plusMillis(999).toSeconds()));
    }
}
