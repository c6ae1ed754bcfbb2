package dev.berth.reconciler.live;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One container of our instance, as the engine shows it now.
 *
 * @param owner the app
 * @param process the process of the app
 * @param slot which replica it is, from 1
 * @param specHash of the template it was made from
 * @param template what it was made from; {@code null} when its label can't be read
 * @param release short id of the release it belongs to
 * @param revision the commit it was started for; empty when not known
 * @param addresses IP address by network, only of networks that gave it one; sorted
 * @param publishedPort the host port on 127.0.0.1 its port is published at; {@code null} = not
 * @param actual the settings in force, which people can change by hand
 * @param dependsOn what its owner depended on when it was made
 */
public record ContainerView(
        ContainerId id,
        String name,
        ResourceId owner,
        String process,
        int slot,
        String specHash,
        @Nullable ContainerTemplate template,
        String release,
        String revision,
        State state,
        SortedMap<String, String> addresses,
        @Nullable Integer publishedPort,
        Actual actual,
        Instant createdAt,
        List<ResourceId> dependsOn) {
    /** By owner, process, slot, then age. */
    public static final Comparator<ContainerView> ORDER =
            Comparator.comparing(ContainerView::owner)
                    .thenComparing(ContainerView::process)
                    .thenComparingInt(ContainerView::slot)
                    .thenComparing(ContainerView::createdAt)
                    .thenComparing(ContainerView::name);

    public ContainerView {
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        dependsOn = List.copyOf(dependsOn);
    }

    public boolean running() {
        return state instanceof Running;
    }

    /** True while anything of it may run, now or when the engine starts it again. */
    public boolean alive() {
        return switch (state) {
            case Running _, Stopping _, Restarting _, Paused _ -> true;
            case Created _, Exited _ -> false;
        };
    }

    /** The same in another state. */
    public ContainerView in(State other) {
        return new ContainerView(
                id,
                name,
                owner,
                process,
                slot,
                specHash,
                template,
                release,
                revision,
                other,
                addresses,
                publishedPort,
                actual,
                createdAt,
                dependsOn);
    }

    /** The state of a container. */
    public sealed interface State {}

    /** Made and not started yet. */
    public record Created() implements State {}

    /**
     * Runs.
     *
     * @param health the verdict of the image's HEALTHCHECK
     * @param restarts how often the engine restarted it
     */
    public record Running(Instant startedAt, Health health, int restarts) implements State {}

    /** Runs, and was told to stop: it ends soon, whatever it answers until then. */
    public record Stopping() implements State {}

    /** Frozen by hand (docker pause). */
    public record Paused() implements State {}

    /** Ended, and the engine is about to start it again. */
    public record Restarting(int exitCode, int restarts) implements State {}

    /** Ended. */
    public record Exited(int exitCode, boolean outOfMemory) implements State {}

    /** The verdict of the image's HEALTHCHECK. */
    public enum Health {
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /**
     * Settings in force.
     *
     * @param memoryBytes 0 = no limit
     * @param cpuMillis 0 = no limit
     * @param restartPolicy the engine's word, {@code unless-stopped}
     */
    public record Actual(long memoryBytes, long cpuMillis, String restartPolicy) {}
}
