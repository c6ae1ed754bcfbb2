package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport.Orphan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What lives of our instance, is declared by nobody, and stays after a pass: data, and what a guard
 * keeps from being removed. Pure.
 */
final class Orphans {
    private static final String MEND = "mend that file, then it is told whether anything is left";

    private final DesiredState.Known desired;
    private final LiveState live;
    private final Plan plan;

    private Orphans(DesiredState.Known desired, LiveState live, Plan plan) {
        this.desired = desired;
        this.live = live;
        this.plan = plan;
    }

    /** By kind, then name; empty when it can't be told. */
    static List<Orphan> of(PassInput pass) {
        return pass.desired() instanceof DesiredState.Known desired
                        && pass.live() instanceof Observation.Known(LiveState live)
                        && pass.plan().unknown() == null
                ? new Orphans(desired, live, pass.plan()).all()
                : List.of();
    }

    private List<Orphan> all() {
        List<Orphan> found = new ArrayList<>();
        for (ContainerView container : live.containers()) {
            add(found, "container", container.name(), container.owner());
        }
        for (RunView run : live.runs()) {
            add(found, "run", run.name(), run.owner());
        }
        for (Map.Entry<ResourceId, String> network : new TreeMap<>(live.networks()).entrySet()) {
            add(found, "network", network.getValue(), network.getKey());
        }
        plan.orphans().forEach(volume -> found.add(volume(volume)));
        return found;
    }

    private void add(List<Orphan> to, String what, String name, ResourceId owner) {
        boolean declared =
                desired.apps().containsKey(owner)
                        || desired.jobs().containsKey(owner)
                        || desired.holds(owner);
        boolean leaves =
                plan.changes().stream()
                        .anyMatch(
                                c ->
                                        c instanceof Change.RemoveResource
                                                && c.resource().equals(owner));
        if (declared || leaves) {
            return;
        }
        String blocked = blocked(owner);
        String hold = desired.pruneHold();
        to.add(
                new Orphan(
                        what,
                        name,
                        owner.toString(),
                        blocked != null
                                ? blocked
                                : hold != null ? hold : "it came after this pass had looked",
                        blocked != null
                                ? "to have it removed, add to the Instance: "
                                        + PlanPrinter.confirm(List.of(owner.toString()))
                                : hold != null ? MEND : "the next pass removes it"));
    }

    private @Nullable String blocked(ResourceId owner) {
        return plan.changes().stream()
                .filter(c -> c instanceof Change.Blocked && c.resource().equals(owner))
                .map(c -> c.reasons().stream().map(Reason::text).collect(Collectors.joining("; ")))
                .findFirst()
                .orElse(null);
    }

    private static Orphan volume(Plan.Orphan orphan) {
        String id = orphan.volume().id().toString();
        return new Orphan(
                "volume",
                orphan.volume().name(),
                orphan.volume().id().app().toString(),
                orphan.deletable()
                        ? "data is deleted only when that is confirmed"
                        : "its deletionPolicy was Retain",
                orphan.deletable()
                        ? "to delete its data, add to the Instance: "
                                + PlanPrinter.confirm(List.of(id))
                        : "declare the app and the volume again to use it, or delete it by hand:"
                                + " docker volume rm "
                                + orphan.volume().name());
    }
}
