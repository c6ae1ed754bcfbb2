package dev.berth.reconciler.plan;

import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
import dev.berth.reconciler.live.ContainerView.Exited;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Restarting;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.ContainerView.Stopping;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How containers are that serve, by what the engine saw of them. */
public sealed interface Vitals {
    /** So many restarts of one container are no accident. */
    int OFTEN = 5;

    /** What has run for so long has calmed down. */
    Duration CALM = Duration.ofMinutes(10);

    /** They stay up, and their image has no HEALTHCHECK. */
    record Silent() implements Vitals {}

    /** The HEALTHCHECK of their image has not answered yet. */
    record Starting() implements Vitals {}

    /** The HEALTHCHECK of their image passes. */
    record Well() implements Vitals {}

    /**
     * They are not.
     *
     * @param reason {@code Flapping} or {@code HealthCheckFailed}
     * @param message what ails the first of them, in one line for people
     * @param patient the first of them
     */
    record Ill(ReasonCode reason, String message, ContainerView patient) implements Vitals {
        /** True when it keeps exiting. */
        public boolean isFlapping() {
            return reason == ReasonCode.Flapping;
        }
    }

    /**
     * How they are as a whole; the worst of any counts.
     *
     * @param now before which a container may have been restarted lately
     */
    static Vitals of(List<ContainerView> serving, Instant now) {
        Optional<Ill> flapping = serving.stream().flatMap(c -> flapping(c, now)).findFirst();
        if (flapping.isPresent()) {
            return flapping.get();
        }
        List<ContainerView> ill = in(Health.UNHEALTHY, serving);
        if (!ill.isEmpty()) {
            return new Ill(ReasonCode.HealthCheckFailed, fails(ill), ill.getFirst());
        }
        if (!in(Health.STARTING, serving).isEmpty()) {
            return new Starting();
        }
        return in(Health.HEALTHY, serving).isEmpty() ? new Silent() : new Well();
    }

    /** The engine starts again what exits, so of this nothing else is ever told. */
    private static Stream<Ill> flapping(ContainerView container, Instant now) {
        return switch (container.state()) {
            case Restarting(int code, int times) when times >= OFTEN ->
                    flapping(
                            container,
                            "%s keeps exiting, the last time with code %d: the engine restarted it %d times"
                                    .formatted(container.name(), code, times));
            case Running(Instant startedAt, _, int times)
                    when times >= OFTEN && startedAt.isAfter(now.minus(CALM)) ->
                    flapping(
                            container,
                            "%s keeps exiting: the engine restarted it %d times, the last time at %s"
                                    .formatted(
                                            container.name(),
                                            times,
                                            startedAt.truncatedTo(ChronoUnit.SECONDS)));
            case Created _, Running _, Stopping _, Paused _, Restarting _, Exited _ ->
                    Stream.empty();
        };
    }

    private static Stream<Ill> flapping(ContainerView container, String why) {
        return Stream.of(new Ill(ReasonCode.Flapping, why, container));
    }

    private static String fails(List<ContainerView> ill) {
        String more = ill.size() == 1 ? "" : " and %d more".formatted(ill.size() - 1);
        return "the HEALTHCHECK of its image fails in %s%s".formatted(ill.getFirst().name(), more);
    }

    private static List<ContainerView> in(Health health, List<ContainerView> containers) {
        return containers.stream()
                .filter(c -> c.state() instanceof Running(_, var its, _) && its == health)
                .toList();
    }
}
