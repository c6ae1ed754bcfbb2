package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.RunView;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;

/** Waits for containers that run once. */
final class RunWait {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ContainerEngine engine;
    private final Clockwork clock;
    private final Turn turn;

    RunWait(ContainerEngine engine, Clockwork clock, Turn turn) {
        this.engine = engine;
        this.clock = clock;
        this.turn = turn;
    }

    /**
     * The run when it has ended, or is out of time. The time of one that was found running counts
     * from its start.
     *
     * @throws ReconcileException.Transient when it was removed
     * @throws ReconcileException.Waiting when the process ends; nothing else ends the wait
     */
    RunView untilEnded(ContainerId id, Duration timeout) throws ReconcileException {
        return turn.toTheEnd(() -> await(id, timeout));
    }

    private RunView await(ContainerId id, Duration timeout)
            throws ReconcileException, InterruptedException {
        Deadline end = null;
        while (true) {
            RunView run = look(id);
            if (end == null) {
                end = Deadline.in(left(run, timeout), clock);
            }
            if (run.ended() || end.over(clock)) {
                return run;
            }
            turn.checkStop();
            clock.sleep(PAUSE);
        }
    }

    private RunView look(ContainerId id) throws ReconcileException {
        return engine.run(id)
                .orElseThrow(
                        () ->
                                new ReconcileException.Transient(
                                        ReasonCode.StartFailed,
                                        "container " + id.shortId() + " was removed by hand"));
    }

    /** Wall clocks jump: it never gets more than all its time. */
    private Duration left(RunView run, Duration timeout) {
        if (!(run.state() instanceof ContainerView.Running(var startedAt, _, _))) {
            return timeout;
        }
        Duration ran = Duration.between(startedAt, clock.instant());
        return ran.isNegative() ? timeout : timeout.minus(ran);
    }
}
