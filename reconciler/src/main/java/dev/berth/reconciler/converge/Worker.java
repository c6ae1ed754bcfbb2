package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Outcome.Next;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out assignments: the changes of each in order, until one fails. Thread-safe. */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final BiFunction<String, Turn, ChangeExecutor> executors;
    private final Clockwork clock;

    /**
     * Makes one.
     *
     * @param executors what carries out the changes of an instance in one turn
     */
    Worker(BiFunction<String, Turn, ChangeExecutor> executors, Clockwork clock) {
        this.executors = executors;
        this.clock = clock;
    }

    /**
     * Returns when all has been done, or something failed, or the turn was cancelled.
     *
     * @param phase is told what is done now
     * @return one for each change
     */
    List<Outcome> carryOut(Assignment assignment, Turn turn, Consumer<String> phase) {
        ChangeExecutor executor = executors.apply(assignment.instance(), turn);
        List<Outcome> outcomes = new ArrayList<>();
        Rollout rollout = new Rollout.Untouched();
        boolean failed = false;
        for (Change change : assignment.changes()) {
            if (failed) {
                outcomes.add(new Outcome.Skipped(change));
                continue;
            }
            long begin = clock.nanos();
            try {
                turn.begin();
                turn.check();
                begin = clock.nanos();
                if (change.equals(assignment.changes().getLast()) && tidiesUp(change)) {
                    turn.tidiesUp();
                }
                phase.accept(PlanPrinter.line(change));
                rollout = executor.execute(change, rollout);
                outcomes.add(done(change, since(begin)));
            } catch (ReconcileException e) {
                failed = true;
                outcomes.add(failed(change, since(begin), e));
            } catch (RuntimeException e) {
                failed = true;
                outcomes.add(bug(change, since(begin), e));
            }
        }
        return outcomes;
    }

    private static boolean tidiesUp(Change change) {
        return change instanceof Change.RetireContainers retire && !retire.keep();
    }

    private static Outcome done(Change change, Duration took) {
        LOG.info("{}: {} ({} ms)", change.resource(), PlanPrinter.line(change), took.toMillis());
        return new Outcome.Done(change, took);
    }

    private static Outcome failed(Change change, Duration took, ReconcileException e) {
        LOG.warn("{}: {}: {}", change.resource(), PlanPrinter.line(change), e.getMessage());
        return new Outcome.Failed(change, took, next(e), e.reason(), e.getMessage());
    }

    private static Outcome bug(Change change, Duration took, RuntimeException e) {
        LOG.error("{}: a bug in {}", change.resource(), PlanPrinter.line(change), e);
        return new Outcome.Failed(
                change, took, Next.RETRY, ReasonCode.InternalError, "a bug in Berth: " + e);
    }

    private Duration since(long begin) {
        return Duration.ofNanos(clock.nanos() - begin);
    }

    private static Next next(ReconcileException e) {
        return switch (e) {
            case ReconcileException.Transient _ -> Next.RETRY;
            case ReconcileException.Waiting _ -> Next.WAIT;
            case ReconcileException.Stalled _ -> Next.STALL;
        };
    }
}
