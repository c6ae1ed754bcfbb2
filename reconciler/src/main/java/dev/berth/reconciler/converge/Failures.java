package dev.berth.reconciler.converge;

import dev.berth.reconciler.converge.Outcome.Failed;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what failed, so that the planner can leave it alone until its time. A restart of Berth
 * forgets it, which costs one more try. Confined to the thread of the pass.
 */
public final class Failures {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final IntFunction<Duration> backoff;
    private final Map<ResourceId, FailedAttempt> failed = new HashMap<>();
    private final Map<ResourceId, String> worked = new HashMap<>();
    private @Nullable Instant goOn;

    /**
     * Begins with nothing remembered.
     *
     * @param backoff how long to wait after the n-th failure in a row, from 1
     */
    public Failures(IntFunction<Duration> backoff) {
        this.backoff = backoff;
    }

    /** What failed and still stands. */
    public Map<ResourceId, FailedAttempt> standing() {
        return Map.copyOf(failed);
    }

    /** When the next retry is due, if one is. */
    public Optional<Instant> nextRetry() {
        return Stream.concat(
                        Stream.ofNullable(goOn),
                        failed.values().stream()
                                .filter(f -> !f.permanent())
                                .map(FailedAttempt::retryAt))
                .min(Instant::compareTo);
    }

    /** Learns from a pass over these. */
    public void learn(DesiredState.Known desired, Outcomes outcomes, Instant now) {
        Map<ResourceId, String> generations = new HashMap<>();
        desired.apps().forEach((id, app) -> generations.put(id, app.generation().text()));
        desired.jobs().forEach((id, job) -> generations.put(id, job.run().text()));
        learn(generations, outcomes, now);
    }

    private void learn(Map<ResourceId, String> desired, Outcomes outcomes, Instant now) {
        goOn = someMayGoOn(outcomes) ? now : null;
        Set<ResourceId> touched = new HashSet<>();
        for (Outcome outcome : outcomes.all()) {
            ResourceId id = outcome.change().resource();
            if (outcome instanceof Failed failure && failure.reason() != ReasonCode.Superseded) {
                touched.add(id);
                remember(id, desired.getOrDefault(id, ""), failure, now);
            }
        }
        desired.forEach(
                (id, generation) -> {
                    if (outcomes.of(id).stream().allMatch(o -> o instanceof Outcome.Done)) {
                        failed.remove(id);
                        worked.put(id, generation);
                    }
                });
        failed.keySet().removeIf(id -> !desired.containsKey(id) && !touched.contains(id));
        worked.keySet().retainAll(desired.keySet());
    }

    /** What waits for others to be ready may find them so after a pass that did something. */
    private static boolean someMayGoOn(Outcomes outcomes) {
        return outcomes.all().stream().anyMatch(Outcome.Done.class::isInstance)
                && outcomes.all().stream().anyMatch(Failures::waits);
    }

    private static boolean waits(Outcome outcome) {
        return outcome instanceof Outcome.Blocked(var blocked)
                && blocked.code() == ReasonCode.DependencyNotReady;
    }

    private void remember(ResourceId id, String generation, Failed failure, Instant now) {
        FailedAttempt before = failed.get(id);
        int attempts =
                before != null && before.generation().equals(generation)
                        ? before.attempts() + 1
                        : 1;
        Instant retryAt =
                switch (failure.next()) {
                    case WAIT -> now.plus(SOON);
                    case RETRY -> now.plus(backoff.apply(attempts));
                    case STALL ->
                            // what worked once may work again: its surroundings failed, not it
                            generation.equals(worked.get(id))
                                    ? now.plus(backoff.apply(attempts))
                                    : Instant.MAX;
                };
        failed.put(
                id,
                new FailedAttempt(
                        generation, attempts, retryAt, failure.reason(), failure.message()));
    }
}
