package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says so when a release failed and an older one goes on serving, or serves again: a rollback is a
 * failure, whatever people see of the app. Pure.
 *
 * @param inTraffic short ids of the containers that get requests
 */
record Rollback(PassView view, DesiredApp app, Set<String> inTraffic) {

    /** The conditions, with Ready naming both releases if that is what happened. */
    List<Condition> in(List<Condition> conditions, Conditions now) {
        Condition ready = conditions.getFirst();
        WentBack back = app.wentBack();
        if (back != null && app.isBack() && ready.status() != Status.Unknown) {
            return wentBack(back, conditions, now);
        }
        boolean stalled = conditions.stream().anyMatch(Rollback::isStalled);
        if (!stalled
                || ready.status() != Status.False
                || !(app.workload() instanceof Workload.Containers wanted)
                || !(view.pass().live() instanceof Observation.Known(var live))
                || !releaseFailed(live)) {
            return conditions;
        }
        String failed = Release.idOf(wanted);
        String serving = serving(live, failed);
        return serving == null
                ? conditions
                : Stream.concat(
                                Stream.of(
                                        now.ready(
                                                Status.False,
                                                ReasonCode.RolledBack,
                                                "release %s failed, release %s goes on serving: %s"
                                                        .formatted(
                                                                failed, serving, ready.message()))),
                                conditions.stream().skip(1))
                        .toList();
    }

    /** The declared release served, and does not any more: nothing of it is tried again. */
    private static List<Condition> wentBack(
            WentBack back, List<Condition> conditions, Conditions now) {
        Condition ready = conditions.getFirst();
        List<Condition> rest = conditions.subList(1, conditions.size());
        String then =
                ready.status() == Status.True && rest.isEmpty()
                        ? "release %s serves again".formatted(back.to())
                        : "release %s is to serve again (%s)"
                                .formatted(back.to(), Attempts.headline(ready.message()));
        Condition rolledBack =
                now.ready(
                        Status.False,
                        ReasonCode.RolledBack,
                        "release %s failed after it had taken over, %s: %s"
                                .formatted(back.from(), then, back.message()));
        return Stream.concat(
                        Stream.of(rolledBack),
                        rest.isEmpty() ? Stream.of(now.stalled(back.reason())) : rest.stream())
                .toList();
    }

    private static boolean isStalled(Condition condition) {
        return condition.type() == ConditionType.Stalled && condition.status() == Status.True;
    }

    /** It was tried and failed for good, in this pass or an earlier one. */
    private boolean releaseFailed(LiveState live) {
        List<Outcome> outcomes = view.pass().outcomes().of(app.id());
        if (outcomes.stream().anyMatch(Rollback::stoppedWhatServed)) {
            return false; // the next look shows whether it could be started again
        }
        FailedAttempt before = live.failures().get(app.id());
        return outcomes.stream().anyMatch(Outcome.Failed.class::isInstance)
                || (before != null
                        && before.permanent()
                        && before.generation().equals(app.generation().text()));
    }

    private static boolean stoppedWhatServed(Outcome outcome) {
        return outcome instanceof Outcome.Done
                && outcome.change() instanceof Change.RetireContainers retire
                && retire.keep();
    }

    /** The release of what serves, if that is another than the one that failed. */
    private @Nullable String serving(LiveState live, String failed) {
        boolean routed = !view.desired().claims().servedBy(app.id()).isEmpty();
        return live.containersOf(app.id()).stream()
                .filter(ContainerView::running)
                .filter(c -> !routed || inTraffic.contains(c.id().shortId()))
                .map(ContainerView::release)
                .filter(release -> !release.equals(failed))
                .findFirst()
                .orElse(null);
    }
}
