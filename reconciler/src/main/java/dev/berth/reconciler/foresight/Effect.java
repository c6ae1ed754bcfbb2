package dev.berth.reconciler.foresight;

import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Reason;
import java.util.List;

/** What becomes of a resource as a whole. */
public enum Effect {
    /** It is there for the first time. */
    CREATE,
    /** Containers end, and others take their place. */
    REPLACE,
    /** Something about it changes. */
    UPDATE,
    /** It goes. */
    DELETE,
    /** Something should be done and is not: for a person to decide, or for another time. */
    BLOCKED;

    /**
     * That of all changes of one resource.
     *
     * @param changes at least one
     */
    static Effect of(List<Change> changes) {
        if (changes.stream().anyMatch(Effect::removes)) {
            return DELETE;
        } else if (changes.stream().anyMatch(Effect::begins)) {
            return CREATE;
        } else if (changes.stream().anyMatch(Effect::starts)
                && changes.stream().anyMatch(c -> c instanceof Change.RetireContainers)) {
            return REPLACE;
        }
        return changes.stream().allMatch(c -> c instanceof Change.Blocked) ? BLOCKED : UPDATE;
    }

    private static boolean removes(Change change) {
        return switch (change) {
            case Change.RemoveResource _, Change.RemoveVolume _ -> true;
            case Change.SwitchTraffic(_, var routes, _, var reasons) ->
                    routes.isEmpty() && reasons.contains(new Reason.RemovedFromConfig());
            case Change.RunReleaseCommand _,
                    Change.StartRun _,
                    Change.StopRun _,
                    Change.RemoveRuns _,
                    Change.StartRelease _,
                    Change.PublishSite _,
                    Change.BelieveProxies _,
                    Change.RetireContainers _,
                    Change.StopForeign _,
                    Change.Blocked _ ->
                    false;
        };
    }

    private static boolean begins(Change change) {
        return change.reasons().contains(new Reason.FirstDeployment())
                || (change instanceof Change.StartRun(_, var run, _)
                        && run.role() == RunView.Role.JOB);
    }

    private static boolean starts(Change change) {
        return change instanceof Change.StartRelease || change instanceof Change.PublishSite;
    }
}
