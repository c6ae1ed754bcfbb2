package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change.RunReleaseCommand;
import dev.berth.reconciler.plan.Run;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the command of a release to its end:
 *
 * <ol>
 *   <li>one that is found running, after a crash or of a release given up, ends first,
 *   <li>one of this release that ended well counts, and is not run again,
 *   <li>else it is run, and has to end with code 0 in its time.
 * </ol>
 *
 * <p>Nothing that serves is touched. A newer commit does not end the wait: half a migration is
 * worse than a late one.
 */
final class ReleaseCommand {
    private static final int LOG_LINES = 50;
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String instance;
    private final ContainerEngine engine;
    private final RunStarter starter;
    private final RunWait wait;

    ReleaseCommand(String instance, ContainerEngine engine, RunStarter starter, RunWait wait) {
        this.instance = instance;
        this.engine = engine;
        this.starter = starter;
        this.wait = wait;
    }

    /**
     * Returns once it has ended well.
     *
     * @throws ReconcileException.Stalled with reason {@code ReleaseCommandFailed} and the last 50
     *     lines when it ends otherwise, or not in its time
     * @throws ReconcileException.Waiting when Berth ends; it goes on running
     */
    void run(RunReleaseCommand change) throws ReconcileException {
        RunView last = finishOlder(change);
        if (last == null) {
            last = finish(start(change), change);
        }
        if (!last.succeeded()) {
            throw failed(last, change, "ended with " + code(last));
        }
    }

    /** The run of this very release, if it was found at work or ended well before. */
    private @Nullable RunView finishOlder(RunReleaseCommand change) throws ReconcileException {
        RunView mine = null;
        for (RunView run : engine.runs(instance)) {
            if (!run.owner().equals(change.resource()) || run.role() != RunView.Role.RELEASE) {
                continue;
            }
            boolean same = run.is(change.release(), change.command().template());
            if (run.running()) {
                RunView ended = finish(run.id(), change);
                mine = same ? ended : mine;
            } else if (same && run.succeeded()) {
                mine = run;
            }
        }
        return mine;
    }

    private RunView finish(ContainerId id, RunReleaseCommand change) throws ReconcileException {
        RunView run = wait.untilEnded(id, change.command().timeout());
        if (run.ended()) {
            return run;
        }
        engine.stopContainer(id, GRACE);
        throw failed(
                run,
                change,
                "did not end within %d s and was stopped"
                        .formatted(change.command().timeout().toSeconds()));
    }

    private ContainerId start(RunReleaseCommand change) throws ReconcileException {
        Run run =
                new Run(
                        RunView.Role.RELEASE,
                        change.release(),
                        change.resource(),
                        change.image(),
                        change.command().template(),
                        change.revision());
        String name = starter.name(change.resource(), run);
        for (RunView old : engine.runs(instance)) {
            if (old.name().equals(name) && !old.running()) { // failed, and is tried again
                engine.removeContainer(old.id());
            }
        }
        return starter.start(change.resource(), run);
    }

    private ReconcileException.Stalled failed(RunView run, RunReleaseCommand change, String how) {
        return new ReconcileException.Stalled(
                ReasonCode.ReleaseCommandFailed,
                starter.clean(
                        "the release command of %s %s%s"
                                .formatted(change.release(), how, log(run))));
    }

    private static String code(RunView run) {
        return run.state() instanceof ContainerView.Exited(int code, boolean outOfMemory)
                ? "code " + code + (outOfMemory ? " (out of memory)" : "")
                : "no code";
    }

    private String log(RunView run) {
        try {
            List<String> lines = engine.logTail(run.id(), LOG_LINES);
            return lines.isEmpty()
                    ? "\nit wrote nothing to its log"
                    : "\nlast %d lines of it:\n  %s"
                            .formatted(lines.size(), String.join("\n  ", lines));
        } catch (ReconcileException e) {
            return "\nits log can't be read: " + e.getMessage();
        }
    }
}
