package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
import dev.berth.reconciler.live.ContainerView.Exited;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Restarting;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.ContainerView.Stopping;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
    /** So many restarts of one container are no accident. */
    private static final int OFTEN = 5;

    /** What has run for so long has calmed down. */
    private static final Duration CALM = Duration.ofMinutes(10);

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
        Optional<String> flapping = serving.stream().flatMap(this::flapping).findFirst();
        if (flapping.isPresent()) {
            return flapping.map(why -> healthy(now, Status.False, ReasonCode.Flapping, why));
        }
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

    /** The engine starts again what exits, so of this nothing else is ever told. */
    private Stream<String> flapping(ContainerView container) {
        return switch (container.state()) {
            case Restarting(int code, int times) when times >= OFTEN ->
                    Stream.of(
                            "%s keeps exiting, the last time with code %d: the engine restarted it %d times"
                                    .formatted(container.name(), code, times));
            case Running(Instant startedAt, _, int times)
                    when times >= OFTEN && startedAt.isAfter(view.now().minus(CALM)) ->
                    Stream.of(
                            "%s keeps exiting: the engine restarted it %d times, the last time at %s"
                                    .formatted(
                                            container.name(),
                                            times,
                                            startedAt.truncatedTo(ChronoUnit.SECONDS)));
            case Created _, Running _, Stopping _, Paused _, Restarting _, Exited _ ->
                    Stream.empty();
        };
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
