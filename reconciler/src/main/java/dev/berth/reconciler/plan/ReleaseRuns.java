package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCommand;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change.RemoveRuns;
import dev.berth.reconciler.plan.Change.RunReleaseCommand;
import java.util.List;
import java.util.stream.Stream;

/**
 * The runs of an app's release command. The container of one that ended well says that it need not
 * be run again for that release, so it stays for as long as the release does.
 *
 * @param runs of the app, of any role
 */
record ReleaseRuns(DesiredApp app, List<RunView> runs) {

    /** The run that a release needs before it starts; none when it has run. */
    List<Change> before(SlotMatch match, Workload.Containers wanted, List<Reason> why) {
        DesiredCommand command = app.release();
        if (command == null || !match.isNewRelease()) {
            return List.of();
        }
        boolean ran =
                releases()
                        .anyMatch(r -> r.is(match.release(), command.template()) && r.succeeded());
        return ran
                ? List.of()
                : List.of(
                        new RunReleaseCommand(
                                app.id(),
                                match.release(),
                                wanted.image(),
                                command,
                                app.sourceRevision(),
                                why));
    }

    /**
     * The removal of what ran for releases that are no longer wanted, and of what was made for them
     * and never started: it is what a crash leaves.
     */
    List<Change> cleanUp(String release, List<Reason> why) {
        List<RunView> old =
                releases()
                        .filter(run -> run.ended() || run.state() instanceof ContainerView.Created)
                        .filter(run -> !run.run().equals(release))
                        .toList();
        return old.isEmpty() ? List.of() : List.of(new RemoveRuns(app.id(), old, why));
    }

    private Stream<RunView> releases() {
        return runs.stream().filter(run -> run.role() == RunView.Role.RELEASE);
    }
}
