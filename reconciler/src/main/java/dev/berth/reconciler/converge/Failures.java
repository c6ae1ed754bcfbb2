package dev.berth.reconciler.converge;

import dev.berth.reconciler.converge.Outcome.Failed;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what failed, so that the planner can leave it alone until its time; also for the next
 * process. Confined to the thread of the pass.
 */
public final class Failures {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration MEANWHILE = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final IntFunction<Duration> backoff;
    private final Map<ResourceId, FailedAttempt> failed = new HashMap<>();
    private final Map<ResourceId, String> worked = new HashMap<>();
    private final Map<ResourceId, FailedAttempt> standIns = new HashMap<>();
    private final Recovery recovery = new Recovery();
    private final Set<ResourceId> held = new HashSet<>();
    private @Nullable String registries;
    private @Nullable Instant goOn;
    private Instant learnt = Instant.MIN;

    /**
     * Begins with nothing remembered.
     *
     * @param backoff how long to wait after the n-th failure in a row, from 1
     */
    public Failures(IntFunction<Duration> backoff) {
        this.backoff = backoff;
    }

    /**
     * Begins with what an earlier process knew. The clock may have been set since: nothing waits
     * longer than any retry does.
     */
    public void recall(Memory memory, Instant now) {
        Instant latest = now.plus(LONGEST_WAIT);
        memory.failures()
                .forEach(
                        (id, its) ->
                                failed.put(
                                        ResourceId.parse(id),
                                        new FailedAttempt(
                                                its.generation(),
                                                its.attempts(),
                                                earlier(its.retryAt(), latest),
                                                its.reason(),
                                                its.message())));
        registries = memory.registries();
        memory.worked().forEach((id, generation) -> worked.put(ResourceId.parse(id), generation));
        recovery.recall(memory.repairs(), latest);
    }

    private static Instant earlier(@Nullable Instant retryAt, Instant latest) {
        if (retryAt == null) {
            return Instant.MAX;
        }
        return retryAt.isAfter(latest) ? latest : retryAt;
    }

    /** What the next process is to know. */
    public Memory memory(Map<ResourceId, StartedJob> jobs) {
        Map<String, Memory.Failure> failures = new TreeMap<>();
        failed.forEach(
                (id, its) ->
                        failures.put(
                                id.toString(),
                                new Memory.Failure(
                                        its.generation(),
                                        its.attempts(),
                                        its.permanent() ? null : its.retryAt(),
                                        its.reason(),
                                        its.message())));
        return new Memory(failures, byName(worked), recovery.memory(), byName(jobs), registries);
    }

    /**
     * Registries are asked so from now on. What failed for good because of an image may work with
     * another login, though its spec is the same.
     *
     * @param version another one for another login or place to push to
     */
    public void registriesAre(String version, Instant at) {
        @Nullable String now = version.isEmpty() ? null : version;
        if (!Objects.equals(registries, now)) {
            failed.replaceAll(
                    (_, attempt) ->
                            attempt.permanent() && isAboutImages(attempt.reason())
                                    ? attempt.retriedAt(at)
                                    : attempt);
        }
        registries = now;
    }

    private static boolean isAboutImages(ReasonCode reason) {
        return reason == ReasonCode.PullFailed
                || reason == ReasonCode.PushFailed
                || reason == ReasonCode.BuildFailed;
    }

    private static <V> Map<String, V> byName(Map<ResourceId, V> byId) {
        Map<String, V> byName = new TreeMap<>();
        byId.forEach((id, value) -> byName.put(id.toString(), value));
        return byName;
    }

    /** What failed and still stands, and what was repaired too often to be repaired at once. */
    public Map<ResourceId, FailedAttempt> standing() {
        Map<ResourceId, FailedAttempt> standing = new HashMap<>(failed);
        recovery.holds()
                .forEach(
                        (id, hold) ->
                                standing.merge(
                                        id,
                                        FailedAttempt.onlyHeld(hold),
                                        (own, _) -> own.with(hold)));
        standIns.forEach(
                (id, standIn) ->
                        standing.merge(
                                id,
                                FailedAttempt.onlyHeld(standIn),
                                (own, _) -> own.withStandIn(standIn)));
        return Map.copyOf(standing);
    }

    /**
     * When the next retry is due, if one is.
     *
     * @param busy what is being worked on, and needs none
     */
    public Optional<Instant> nextRetry(Predicate<ResourceId> busy) {
        return Stream.concat(
                        Stream.concat(Stream.ofNullable(goOn), standInRetries(busy)),
                        standing().entrySet().stream()
                                .filter(
                                        f ->
                                                held.contains(f.getKey())
                                                        || failed.containsKey(f.getKey()))
                                .filter(f -> !busy.test(f.getKey()))
                                .map(f -> retryAt(f.getValue(), held.contains(f.getKey())))
                                .filter(at -> !at.equals(Instant.MAX)))
                .min(Instant::compareTo);
    }

    /** One that was due and not tried is not needed, or will be when something else has ended. */
    private Stream<Instant> standInRetries(Predicate<ResourceId> busy) {
        return standing().entrySet().stream()
                .filter(each -> !busy.test(each.getKey()))
                .flatMap(each -> Stream.ofNullable(each.getValue().standInHold()))
                .map(FailedAttempt::retryAt)
                .filter(at -> at.isAfter(learnt));
    }

    private static Instant retryAt(FailedAttempt own, boolean held) {
        FailedAttempt hold = held ? own.hold() : null;
        return hold != null && hold.retryAt().isAfter(own.retryAt())
                ? hold.retryAt()
                : own.retryAt();
    }

    /** The wall clock was set: what is to wait waits no longer and no shorter for that. */
    public void clockWasSet(Duration by) {
        failed.replaceAll(
                (_, attempt) ->
                        attempt.permanent()
                                ? attempt
                                : attempt.retriedAt(attempt.retryAt().plus(by)));
        learnt = learnt.equals(Instant.MIN) ? learnt : learnt.plus(by);
        standIns.replaceAll((_, attempt) -> attempt.retriedAt(attempt.retryAt().plus(by)));
        goOn = goOn == null ? null : goOn.plus(by);
        recovery.clockWasSet(by);
    }

    /** Learns from work of earlier passes that has ended, before anything is planned again. */
    public void learn(List<Ended> ended, Instant now) {
        for (Ended work : ended) {
            work.failure()
                    .forEach(failed -> remember(work.resource(), work.generation(), failed, now));
            learnRepairs(work.resource(), work.generation(), work.outcomes(), now);
            learnStandIns(work.resource(), work.generation(), work.outcomes(), now);
        }
    }

    /** Learns from a pass over these. */
    public void learn(DesiredState.Known desired, Outcomes outcomes, Instant now) {
        Map<ResourceId, String> generations = new HashMap<>();
        for (DesiredApp app : desired.apps().values()) {
            generations.put(app.id(), app.generation().text());
            app.crons().forEach(cron -> generations.put(cron.id(), cron.generation().text()));
        }
        desired.jobs().forEach((id, job) -> generations.put(id, job.run().text()));
        for (DesiredApp app : desired.apps().values()) {
            List<Outcome> its = of(app.id(), outcomes.all());
            learnRepairs(app.id(), app.generation().text(), its, now);
            learnStandIns(app.id(), app.generation().text(), its, now);
            learnHolds(app.id(), outcomes);
        }
        learn(generations, outcomes, now);
    }

    private void learn(Map<ResourceId, String> desired, Outcomes outcomes, Instant now) {
        learnt = now;
        goOn = someMayGoOn(outcomes) ? now : null;
        for (Outcome outcome : outcomes.all()) {
            ResourceId id = outcome.change().resource();
            if (outcome instanceof Failed failure && failure.reason() != ReasonCode.Superseded) {
                remember(id, desired.getOrDefault(id, ""), failure, now);
            }
        }
        desired.forEach(
                (id, generation) -> {
                    if (fine(id, outcomes)) {
                        failed.remove(id);
                        standIns.remove(id);
                        worked.put(id, generation);
                    }
                });
        failed.keySet().removeIf(id -> !desired.containsKey(id) && nothingToTry(id, outcomes));
        standIns.keySet().retainAll(desired.keySet());
        failed.replaceAll((id, attempt) -> putOff(id, attempt, outcomes, now));
        worked.keySet().retainAll(desired.keySet());
        held.retainAll(desired.keySet());
        recovery.retain(desired.keySet());
    }

    /** What is not to be, and may not be removed, waits for a person. */
    private static boolean nothingToTry(ResourceId resource, Outcomes outcomes) {
        return outcomes.of(resource).stream()
                .allMatch(o -> o instanceof Outcome.Done || o instanceof Outcome.Blocked);
    }

    /**
     * What is due and not done for another reason is not due all the time: the end of that reason
     * makes a pass of its own.
     */
    private static FailedAttempt putOff(
            ResourceId resource, FailedAttempt attempt, Outcomes outcomes, Instant now) {
        boolean due = !attempt.retryAt().isAfter(now);
        return due && outcomes.of(resource).stream().anyMatch(Outcome.Blocked.class::isInstance)
                ? attempt.retriedAt(now.plus(MEANWHILE))
                : attempt;
    }

    private static boolean fine(ResourceId resource, Outcomes outcomes) {
        return outcomes.of(resource).stream().allMatch(Outcome.Done.class::isInstance);
    }

    private static List<Outcome> of(ResourceId resource, List<Outcome> outcomes) {
        return outcomes.stream().filter(o -> o.change().resource().equals(resource)).toList();
    }

    /** What never worked is not repaired but made; what does not serve yet is not repaired yet. */
    private void learnRepairs(
            ResourceId resource, String generation, List<Outcome> outcomes, Instant now) {
        if (generation.equals(worked.get(resource))
                && outcomes.stream().allMatch(Outcome.Done.class::isInstance)
                && outcomes.stream().map(Outcome::change).anyMatch(Recovery::isRepair)) {
            recovery.repaired(resource, generation, now);
        }
    }

    /** What serves in place of the wanted release is back: it has not failed, but was repaired. */
    private void learnStandIns(
            ResourceId resource, String generation, List<Outcome> outcomes, Instant now) {
        List<Outcome> tried =
                outcomes.stream().filter(o -> !(o instanceof Outcome.Blocked)).toList();
        if (tried.stream().map(Outcome::change).noneMatch(Failures::standsIn)
                || !tried.stream().allMatch(Outcome.Done.class::isInstance)) {
            return;
        }
        standIns.remove(resource);
        if (tried.stream().map(Outcome::change).anyMatch(Recovery::isRepairOfStandIn)) {
            recovery.repaired(resource, FailedAttempt.inPlaceOf(generation), now);
        }
    }

    private void learnHolds(ResourceId resource, Outcomes outcomes) {
        if (outcomes.of(resource).stream().anyMatch(Recovery::holds)) {
            held.add(resource);
        } else {
            held.remove(resource);
        }
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
        if (standsIn(failure.change())) {
            rememberStandIn(id, FailedAttempt.inPlaceOf(generation), failure, now);
            return; // the wanted release is tried when its time has come, whatever stands in for it
        }
        FailedAttempt before = failed.get(id);
        boolean again = before != null && before.generation().equals(generation);
        if (before != null
                && before.stands(generation, now)
                && failure.change() instanceof Change.RetireContainers) {
            return; // what is left goes another time, and the wanted release has its own time
        }
        int attempts = before != null && again ? before.attempts() + 1 : 1;
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

    /** It may work again at any time: what it lacks may come back. */
    private void rememberStandIn(ResourceId id, String place, Failed failure, Instant now) {
        FailedAttempt before = standIns.get(id);
        int tried = before != null && before.generation().equals(place) ? before.attempts() : 0;
        boolean waits = failure.next() == Outcome.Next.WAIT; // it was not at fault
        int attempts = waits ? tried : tried + 1;
        Instant retryAt = now.plus(waits ? SOON : backoff.apply(attempts));
        standIns.put(
                id,
                new FailedAttempt(place, attempts, retryAt, failure.reason(), failure.message()));
    }

    /** True for a release that serves while the wanted one does not. */
    private static boolean standsIn(Change change) {
        return change.reasons().stream().anyMatch(Reason.KeepsServing.class::isInstance);
    }
}
