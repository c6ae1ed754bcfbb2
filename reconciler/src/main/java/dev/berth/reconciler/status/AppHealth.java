package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Release;
import dev.berth.reconciler.plan.Vitals;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the containers that serve an app stay well, by what the engine saw of them when the pass
 * began. Ready does not depend on it: what serves badly is better than nothing, and who is told can
 * judge. Only a release that has just taken over is gone back from. Pure.
 *
 * @param inTraffic short ids of the containers that get requests
 */
record AppHealth(PassView view, DesiredApp app, Set<String> inTraffic) {
    /** The conditions, with Healthy if there is anything to go by. */
    List<Condition> in(List<Condition> conditions, Conditions now) {
        if (conditions.getFirst().status() == Status.Unknown
                || !(app.workload() instanceof Workload.Containers wanted)
                || !(view.pass().live() instanceof Observation.Known(var live))) {
            return conditions;
        }
        Vitals vitals = Vitals.of(serving(wanted, live), view.now());
        return Stream.concat(conditions.stream(), verdict(vitals, now).stream()).toList();
    }

    private Optional<Condition> verdict(Vitals vitals, Conditions now) {
        return switch (vitals) {
            case Vitals.Silent() -> Optional.empty();
            case Vitals.Starting() ->
                    healthy(
                            now,
                            Status.Unknown,
                            ReasonCode.Progressing,
                            "the HEALTHCHECK of its image has not answered yet");
            case Vitals.Well() ->
                    healthy(
                            now,
                            Status.True,
                            ReasonCode.Succeeded,
                            "the HEALTHCHECK of its image passes");
            case Vitals.Ill(ReasonCode reason, String message, _) ->
                    healthy(
                            now,
                            Status.False,
                            reason,
                            (reason == ReasonCode.HealthCheckFailed
                                            ? message + ", which is left running"
                                            : message)
                                    + givenUp());
        };
    }

    private String givenUp() {
        WentBack back = app.wentBack();
        return back == null || back.obstacle() == null
                ? ""
                : "; release %s, which was to serve again, failed too: %s"
                        .formatted(back.to(), Attempts.headline(back.obstacle()));
    }

    private static Optional<Condition> healthy(
            Conditions now, Status status, ReasonCode reason, String message) {
        return Optional.of(now.condition(ConditionType.Healthy, status, reason, message));
    }

    /** A release that has to prove itself yet is judged by whoever waits for it. */
    private List<ContainerView> serving(Workload.Containers wanted, LiveState live) {
        List<ContainerView> all = live.containersOf(app.id());
        if (app.isBack()) { // what it went back from is told by Ready
            String former = Release.idOf(wanted);
            return all.stream().filter(c -> c.release().equals(former)).toList();
        }
        Set<String> routed =
                all.stream()
                        .filter(c -> inTraffic.contains(c.id().shortId()))
                        .map(ContainerView::release)
                        .collect(Collectors.toUnmodifiableSet());
        if (!routed.isEmpty()) {
            return all.stream().filter(c -> routed.contains(c.release())).toList();
        }
        boolean tried =
                view.pass().outcomes().of(app.id()).stream()
                        .anyMatch(o -> o.change() instanceof Change.StartRelease);
        return all.stream()
                .filter(c -> !tried || !c.release().equals(Release.idOf(wanted)))
                .toList();
    }
}
