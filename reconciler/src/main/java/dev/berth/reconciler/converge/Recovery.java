package dev.berth.reconciler.converge;

import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How often each resource had to be repaired lately, so that two who want different things of its
 * containers do not fight all day. The first repair is made at once; before each further one it
 * waits three times as long as before the last, until the resource has been left alone for a while,
 * or its spec changes. Confined to the thread of the pass.
 */
final class Recovery {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);
    private static final int FACTOR = 3;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration CALM = Duration.ofMinutes(5);
    private static final int FLAPPING = 5;

    private final Map<ResourceId, Repairs> repairs = new HashMap<>();

    /**
     * Repairs of one generation.
     *
     * @param times how many in a row
     * @param notBefore when the next may be made
     */
    private record Repairs(String generation, int times, Instant notBefore) {
        static Repairs after(String generation, int times, Instant now) {
            Duration wait = FIRST_WAIT;
            for (int i = 1; i < times && wait.compareTo(LONGEST_WAIT) < 0; i++) {
                wait = wait.multipliedBy(FACTOR);
            }
            return new Repairs(
                    generation,
                    times,
                    now.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT));
        }

        boolean goesOn(String other, Instant now) {
            return generation.equals(other) && now.isBefore(notBefore.plus(CALM));
        }
    }

    /** True for a change that brings back what was there, and nothing else. */
    static boolean isRepair(Change change) {
        return change instanceof Change.StartRelease start
                && start.reasons().stream().allMatch(Reason::isLoss);
    }

    /** True for a change that brings back what was lost of a release that stands in for another. */
    static boolean isRepairOfStandIn(Change change) {
        return change instanceof Change.StartRelease start
                && start.reasons().stream().anyMatch(Reason.KeepsServing.class::isInstance)
                && start.reasons().stream().anyMatch(Reason::isLoss);
    }

    /** True when a repair is put off. */
    static boolean holds(Outcome outcome) {
        return outcome instanceof Outcome.Blocked(var blocked)
                && (blocked.code() == ReasonCode.Flapping
                        || blocked.code() == ReasonCode.ProgressingWithRetry);
    }

    /** Begins with what an earlier process knew; nothing waits longer than until then. */
    void recall(Map<String, Memory.Repair> remembered, Instant latest) {
        remembered.forEach(
                (id, its) ->
                        repairs.put(
                                ResourceId.parse(id),
                                new Repairs(
                                        its.generation(),
                                        its.times(),
                                        its.notBefore().isAfter(latest)
                                                ? latest
                                                : its.notBefore())));
    }

    /** What the next process is to know. */
    Map<String, Memory.Repair> memory() {
        Map<String, Memory.Repair> memory = new TreeMap<>();
        repairs.forEach(
                (id, its) ->
                        memory.put(
                                id.toString(),
                                new Memory.Repair(its.generation(), its.times(), its.notBefore())));
        return memory;
    }

    /** A resource was repaired. */
    void repaired(ResourceId resource, String generation, Instant now) {
        Repairs before = repairs.get(resource);
        int times = before != null && before.goesOn(generation, now) ? before.times() + 1 : 1;
        repairs.put(resource, Repairs.after(generation, times, now));
    }

    void clockWasSet(Duration by) {
        repairs.replaceAll(
                (_, its) -> new Repairs(its.generation(), its.times(), its.notBefore().plus(by)));
    }

    /** What is not declared is not repaired. */
    void retain(Set<ResourceId> declared) {
        repairs.keySet().retainAll(declared);
    }

    /** Which resources are to be left alone until when, should they need another repair. */
    Map<ResourceId, FailedAttempt> holds() {
        Map<ResourceId, FailedAttempt> holds = new HashMap<>();
        repairs.forEach(
                (resource, its) ->
                        holds.put(
                                resource,
                                new FailedAttempt(
                                        its.generation(),
                                        its.times(),
                                        its.notBefore(),
                                        its.times() >= FLAPPING
                                                ? ReasonCode.Flapping
                                                : ReasonCode.ProgressingWithRetry,
                                        "what was repaired is broken again; who or what stops or"
                                                + " changes its containers?")));
        return holds;
    }
}
