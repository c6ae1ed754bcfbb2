package dev.berth.reconciler.live;

import static java.util.Objects.requireNonNull;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What earlier passes learnt and the engine can't show, each by id of its resource. To lose it
 * costs a try of what is known to fail, and a run of a job whose container somebody removed.
 *
 * @param failures what failed and still stands
 * @param worked the generation that worked last
 * @param repairs what was repaired lately
 * @param jobs those that were started
 * @param registries the logins by which it was tried; {@code null} = none is known
 */
public record Memory(
        SortedMap<String, Failure> failures,
        SortedMap<String, String> worked,
        SortedMap<String, Repair> repairs,
        SortedMap<String, StartedJob> jobs,
        @Nullable String registries) {
    /** Nothing was learnt. */
    public static final Memory EMPTY = new Memory(Map.of(), Map.of(), Map.of(), Map.of());

    public Memory {
        failures = sorted(failures);
        worked = sorted(worked);
        repairs = sorted(repairs);
        jobs = sorted(jobs);
    }

    public Memory(
            Map<String, Failure> failures,
            Map<String, String> worked,
            Map<String, Repair> repairs,
            Map<String, StartedJob> jobs) {
        this(failures, worked, repairs, jobs, null);
    }

    public Memory(
            Map<String, Failure> failures,
            Map<String, String> worked,
            Map<String, Repair> repairs,
            Map<String, StartedJob> jobs,
            @Nullable String registries) {
        this(
                new TreeMap<>(failures),
                new TreeMap<>(worked),
                new TreeMap<>(repairs),
                new TreeMap<>(jobs),
                registries);
    }

    /**
     * Another version may know other kinds.
     *
     * @throws IllegalArgumentException for an id that is none here
     */
    void requireKnownIds() {
        Stream.of(failures, worked, repairs, jobs)
                .flatMap(each -> each.keySet().stream())
                .forEach(ResourceId::parse);
    }

    /** A Berth of another version remembered none. */
    private static <V> SortedMap<String, V> sorted(@Nullable SortedMap<String, V> map) {
        return Collections.unmodifiableSortedMap(
                map == null ? new TreeMap<>() : new TreeMap<>(map));
    }

    /**
     * A try that failed.
     *
     * @param retryAt {@code null} = not until its spec changes
     */
    public record Failure(
            String generation,
            int attempts,
            @Nullable Instant retryAt,
            ReasonCode reason,
            String message) {
        public Failure {
            requireNonNull(generation, "generation");
            requireNonNull(reason, "reason");
            requireNonNull(message, "message");
        }
    }

    /**
     * Repairs in a row.
     *
     * @param notBefore when the next may be made
     */
    public record Repair(String generation, int times, Instant notBefore) {
        public Repair {
            requireNonNull(generation, "generation");
            requireNonNull(notBefore, "notBefore");
        }
    }

    /**
     * A job that was started, whether its container is still there or not.
     *
     * @param run what its document said
     * @param code how it ended; {@code null} when nobody saw it end
     */
    public record StartedJob(String run, @Nullable Integer code) {
        public StartedJob {
            requireNonNull(run, "run");
        }

        /** True when it ended with code 0. */
        public boolean succeeded() {
            return code != null && code == 0;
        }
    }

    /** With the words for people cleaned of what may not leave: values of secrets. */
    public Memory cleaned(UnaryOperator<String> cleaner) {
        Map<String, Failure> clean = new TreeMap<>();
        failures.forEach(
                (id, its) ->
                        clean.put(
                                id,
                                new Failure(
                                        its.generation(),
                                        its.attempts(),
                                        its.retryAt(),
                                        its.reason(),
                                        cleaner.apply(its.message()))));
        return new Memory(clean, worked, repairs, jobs, registries);
    }
}
