package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
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
import org.jspecify.annotations.Nullable;

/**
 * Waits until a started container has proven itself, by the strongest evidence there is: a probe
 * from the edge, a command in it, its image's HEALTHCHECK, or having run for a while. A container
 * that keeps exiting ends the wait at once.
 *
 * <p>A wait that was ended for a newer commit goes on with the next work, if that still wants the
 * container, and its deadline stays where it was. Before it is over for good, the container gets
 * the time of two probes, a second apart: the looks before may have been cut short.
 */
final class ReadinessGate {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration LAST_INTERVAL = Duration.ofSeconds(1);

    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final Clockwork clock;
    private final Turn turn;
    private final Proofs proofs;
    private final Liveness liveness;

    ReadinessGate(
            ContainerEngine engine,
            TrafficSwitch traffic,
            Clockwork clock,
            Turn turn,
            Proofs proofs) {
        this.engine = engine;
        this.traffic = traffic;
        this.clock = clock;
        this.turn = turn;
        this.proofs = proofs;
        this.liveness = new Liveness(engine, clock, turn::check);
    }

    ContainerView await(ResourceId app, ContainerId id, Readiness readiness, String network)
            throws ReconcileException {
        boolean goesOn = false;
        proofs.looking(id);
        try {
            return turn.aside(() -> prove(id, begin(app, id, readiness), network));
        } catch (ReconcileException.Waiting e) {
            goesOn = true;
            throw e;
        } finally {
            proofs.left(id);
            if (!goesOn) {
                proofs.forget(id);
            }
        }
    }

    private Wait begin(ResourceId app, ContainerId id, Readiness readiness)
            throws ReconcileException {
        boolean resumes = proofs.resumes(id);
        long now = clock.nanos();
        ContainerView container = liveness.check(id);
        Deadline end = new Deadline(proofs.begin(container, now)).later(readiness.deadline());
        Readiness often = readiness.every(LAST_INTERVAL);
        Deadline fair = new Deadline(now).later(often.interval()).later(often.timeout());
        return resumes && end.before(fair)
                ? new Wait(app, often, readiness.deadline(), fair, true)
                : new Wait(app, readiness, readiness.deadline(), end, false);
    }

    private ContainerView prove(ContainerId id, Wait wait, String network)
            throws ReconcileException {
        ContainerView container = awaitRunning(id, wait);
        switch (wait.readiness().check()) {
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
        if (hasPort(proven) && RouteResolver.backend(proven, network) == null) {
            throw new ReconcileException.Transient(
                    ReasonCode.StartFailed,
                    "%s was taken off the network %s while it got ready: see who does that"
                            .formatted(proven.name(), network));
        }
        return proven;
    }

    private static boolean hasPort(ContainerView container) {
        ContainerTemplate template = container.template();
        return template != null && template.port() != null;
    }

    /** What is waited for, and until when. */
    private record Wait(
            ResourceId app, Readiness readiness, Duration deadline, Deadline end, boolean last) {
        ReconcileException over(ContainerView container, String answer) {
            return new ReconcileException.Stalled(
                    ReasonCode.HealthCheckFailed,
                    "%s was not ready within %d s; %s"
                            .formatted(container.name(), deadline.toSeconds(), answer));
        }
    }

    /** One that the engine is about to start again has no address and no health to judge it by. */
    private ContainerView awaitRunning(ContainerId id, Wait wait) throws ReconcileException {
        ContainerView container = liveness.check(id);
        while (!container.running()) {
            if (wait.end().over(clock)) {
                throw wait.over(container, "it does not stay up");
            }
            liveness.pause(BETWEEN_LOOKS);
            container = liveness.check(id);
        }
        return container;
    }

    private void automatic(ContainerView container, String network, Wait wait)
            throws ReconcileException {
        if (container.state() instanceof Running(_, Health health, _) && health != Health.NONE) {
            imageHealthcheck(container, wait);
        } else if (hasPort(container)) {
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
        Probe probe =
                new Probe(
                        container.id().shortId() + "-" + clock.millis(),
                        backend,
                        path,
                        strict,
                        wait.app().name(),
                        wait.readiness().interval(),
                        wait.readiness().timeout());
        try {
            traffic.awaitReady(probe, untilEnd(wait), () -> liveness.check(container.id()));
        } catch (ReconcileException.Stalled e) {
            // it is told of the last look, and people know their deadline
            throw wait.last() && e.reason() == ReasonCode.HealthCheckFailed
                    ? wait.over(container, "the last time " + e.getMessage())
                    : e;
        }
    }

    private void command(ContainerView container, Readiness.CommandSucceeds command, Wait wait)
            throws ReconcileException {
        int passes = 0;
        String answer = "it was never run";
        while (passes < 2) {
            if (wait.end().over(clock)) {
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
        while (true) {
            if (liveness.check(container.id()).state() instanceof Running(_, Health now, _)) {
                health = now;
            }
            if (health == Health.HEALTHY) {
                return;
            }
            if (wait.end().over(clock)) {
                throw wait.over(container, "the image's HEALTHCHECK says " + health);
            }
            liveness.pause(wait.readiness().interval());
        }
    }

    private void uptime(ContainerView container, Wait wait) throws ReconcileException {
        Deadline end = wait.end().later(Readiness.Automatic.UPTIME);
        Deadline up = upAt(container);
        while (!up.over(clock)) {
            if (end.over(clock)) {
                throw wait.over(container, "it does not stay up");
            }
            liveness.pause(BETWEEN_LOOKS);
            up = upAt(liveness.check(container.id()));
        }
    }

    private Deadline upAt(ContainerView container) {
        return new Deadline(proofs.unchangedSince(container, clock.nanos()))
                .later(Readiness.Automatic.UPTIME);
    }

    /** In whole seconds, because a person is told it. */
    private Duration untilEnd(Wait wait) {
        return Duration.ofSeconds(wait.end().left(clock).plusMillis(999).toSeconds());
    }
}
