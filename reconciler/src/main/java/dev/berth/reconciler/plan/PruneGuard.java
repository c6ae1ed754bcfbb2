package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.RemoveResource;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToElsewhere;
import dev.berth.reconciler.plan.Reason.Confirmed;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.reconciler.plan.Reason.PreviewEnded;
import dev.berth.reconciler.plan.Reason.RemovedFromConfig;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What lives and is no longer wanted goes, last and with care: only what carries our label, only
 * while every file could be understood, and never many things at once.
 */
final class PruneGuard {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private PruneGuard() {}

    static List<Change> removals(DesiredState.Known desired, LiveState live) {
        Set<ResourceId> unwanted = live.alive();
        unwanted.removeAll(desired.apps().keySet());
        unwanted.removeAll(desired.jobs().keySet());
        unwanted.removeIf(desired::holds);
        unwanted.removeAll(
                desired.routes().stream().map(DesiredRoute::owner).collect(Collectors.toSet()));
        Set<String> confirmed = Set.copyOf(desired.settings().prune().confirm());
        String hold = hold(desired);
        String tooMany = tooMany(desired, unwanted, confirmed);
        List<Change> removals = new ArrayList<>();
        for (ResourceId id : unwanted) {
            boolean isConfirmed = confirmed.contains(id.toString());
            PreviewId preview = PreviewId.of(id);
            boolean isLimited =
                    preview == null
                            ? !isConfirmed
                            : unwanted.contains(preview.parent())
                                    && !confirmed.contains(preview.parent().toString());
            String limit = isLimited ? tooMany : null;
            String why = hold != null ? hold : limit != null ? limit : neededBy(id, desired);
            removals.add(why == null ? remove(id, live, isConfirmed, desired) : blocked(id, why));
        }
        return removals;
    }

    private static @Nullable String hold(DesiredState.Known desired) {
        return desired.pruneHold() == null
                ? null
                : "nothing is deleted while " + desired.pruneHold();
    }

    private static Change blocked(ResourceId id, String why) {
        return new Blocked(
                id, ReasonCode.PruneBlocked, true, List.of(new RemovedFromConfig(), new Held(why)));
    }

    /** Also the last right document of an app, which counts while the newest is wrong, needs it. */
    private static @Nullable String neededBy(ResourceId id, DesiredState.Known desired) {
        return desired.apps().values().stream()
                .filter(app -> app.dependsOn().contains(id))
                .map(app -> "%s depends on it".formatted(app.id()))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String tooMany(
            DesiredState.Known desired, Set<ResourceId> unwanted, Set<String> confirmed) {
        int allowed = desired.settings().prune().maxDeletesPerRun();
        List<String> deletes =
                unwanted.stream()
                        .filter(PruneGuard::counts)
                        .map(ResourceId::toString)
                        .filter(id -> !confirmed.contains(id))
                        .toList();
        return deletes.size() > allowed
                ? "this would be %s, more than spec.prune.maxDeletesPerRun (%d). To confirm %s to the Instance:\n%s"
                        .formatted(
                                deletes.size() == 1
                                        ? "1 deletion"
                                        : deletes.size() + " deletions at once",
                                allowed,
                                deletes.size() == 1 ? "it, add it" : "them, add them",
                                PlanPrinter.confirm(
                                        Stream.concat(
                                                        desired
                                                                .settings()
                                                                .prune()
                                                                .confirm()
                                                                .stream(),
                                                        deletes.stream())
                                                .toList()))
                : null;
    }

    /** A route that nobody claims is no loss: whoever claims it again has it again. */
    private static boolean counts(ResourceId id) {
        return switch (id.kind()) {
            case App -> PreviewId.of(id) == null; // those come and go with what they are of
            case Job -> true;
            case Domain, Instance, Secret, Alert, EnvGroup, Overlay -> false;
        };
    }

    private static List<ResourceId> dependants(ResourceId id, LiveState live) {
        return live.containers().stream()
                .filter(container -> container.dependsOn().contains(id))
                .map(ContainerView::owner)
                .distinct()
                .filter(other -> !other.equals(id))
                .toList();
    }

    private static Reason ended(ResourceId id, DesiredState.Known desired) {
        if (PreviewId.of(id) == null) {
            return new RemovedFromConfig();
        }
        return desired.previews().stream()
                .filter(state -> state.preview().id().id().equals(id))
                .findFirst()
                .map(PreviewEnded::of)
                .orElseGet(PreviewEnded::gone);
    }

    private static Change remove(
            ResourceId id, LiveState live, boolean confirmed, DesiredState.Known desired) {
        List<Reason> why =
                confirmed
                        ? List.of(new RemovedFromConfig(), new Confirmed(id.toString()))
                        : List.of(ended(id, desired));
        return switch (id.kind()) {
            case App, Job ->
                    new RemoveResource(
                            id,
                            live.containersOf(id),
                            live.runsOf(id),
                            live.networks().get(id),
                            DRAIN,
                            dependants(id, live),
                            why);
            case Domain, Instance, Secret, Alert, EnvGroup, Overlay ->
                    new SwitchTraffic(id, List.of(), new ToElsewhere(), why);
        };
    }
}
