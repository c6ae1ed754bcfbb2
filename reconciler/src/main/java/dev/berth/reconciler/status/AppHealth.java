package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Release;
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
 * began. Nothing is done about it, and Ready does not depend on it: what serves badly is better
 * than nothing, and who is told can judge. Pure.
 */
record AppHealth(PassView view, DesiredApp app) {

    /** The conditions, with Healthy if there is anything to go by. */
    List<Condition> in(List<Condition> conditions, Conditions now) {
        if (conditions.getFirst().status() == Status.Unknown
                || !(app.workload() instanceof Workload.Containers wanted)
                || !(view.pass().live() instanceof Observation.Known(var live))) {
            return conditions;
        }
        return Stream.concat(conditions.stream(), verdict(serving(wanted, live), now).stream())
                .toList();
    }

    private Optional<Condition> verdict(List<ContainerView> serving, Conditions now) {
        List<ContainerView> ill = in(Health.UNHEALTHY, serving);
        if (!ill.isEmpty()) {
            return Optional.of(
                    healthy(now, Status.False, ReasonCode.HealthCheckFailed, fails(ill)));
        }
        if (!in(Health.STARTING, serving).isEmpty()) {
            return Optional.of(
                    healthy(
                            now,
                            Status.Unknown,
                            ReasonCode.Progressing,
                            "the HEALTHCHECK of its image has not answered yet"));
        }
        return in(Health.HEALTHY, serving).isEmpty()
                ? Optional.empty()
                : Optional.of(
                        healthy(
                                now,
                                Status.True,
                                ReasonCode.Succeeded,
                                "the HEALTHCHECK of its image passes"));
    }

    private static Condition healthy(
            Conditions now, Status status, ReasonCode reason, String message) {
        return now.condition(ConditionType.Healthy, status, reason, message);
    }

    private static String fails(List<ContainerView> ill) {
        String more = ill.size() == 1 ? "" : " and %d more".formatted(ill.size() - 1);
        return "the HEALTHCHECK of its image fails in %s%s, which is left running"
                .formatted(ill.getFirst().name(), more);
    }

    private static List<ContainerView> in(Health health, List<ContainerView> containers) {
        return containers.stream()
                .filter(c -> c.state() instanceof Running(_, var its, _) && its == health)
                .toList();
    }

    /** A release that has to prove itself yet is judged by whoever waits for it. */
    private List<ContainerView> serving(Workload.Containers wanted, LiveState live) {
        List<ContainerView> all = live.containersOf(app.id());
        Set<String> backends = Rollback.backends(live.routes());
        Set<String> routed =
                all.stream()
                        .filter(c -> backends.contains(c.id().shortId()))
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
