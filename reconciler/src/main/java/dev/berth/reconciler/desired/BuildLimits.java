package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.Instance;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a build may take. No part of what tells one image from another.
 *
 * @param timeout after that it is cancelled and has failed
 * @param memoryBytes of each step; 0 = no limit
 * @param cpuMillis 1/1000 core, of each step; 0 = no limit
 */
public record BuildLimits(Duration timeout, long memoryBytes, long cpuMillis) {
    /** Those of an Instance that says nothing. */
    public static final BuildLimits USUAL = within(Instance.Builds.USUAL.timeout());

    /** Only of time. */
    public static BuildLimits within(Duration timeout) {
        return new BuildLimits(timeout, 0, 0);
    }

    /** Those of an app's document over those of the Instance. */
    static BuildLimits of(App.@Nullable Build build, Instance.Builds all) {
        if (build == null) {
            return new BuildLimits(all.timeout(), bytes(all.memory()), millis(all.cpus()));
        }
        Duration timeout = build.timeout();
        ByteSize memory = build.memory();
        BigDecimal cpus = build.cpus();
        ByteSize otherMemory = build.unlimited() ? null : all.memory();
        BigDecimal otherCpus = build.unlimited() ? null : all.cpus();
        return new BuildLimits(
                timeout == null ? all.timeout() : timeout,
                bytes(memory == null ? otherMemory : memory),
                millis(cpus == null ? otherCpus : cpus));
    }

    /** Whether anything but time is limited. */
    public boolean ofResources() {
        return memoryBytes > 0 || cpuMillis > 0;
    }

    private static long bytes(@Nullable ByteSize memory) {
        return memory == null ? 0 : memory.bytes();
    }

    private static long millis(@Nullable BigDecimal cpus) {
        return cpus == null ? 0 : cpus.movePointRight(3).longValueExact();
    }
}
