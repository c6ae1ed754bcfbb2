package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An app as it should be, with every default and reference resolved.
 *
 * @param generation stands for the whole effective spec
 * @param sourceRevision what BERTH_REVISION is for containers started now: the commit of its source
 * @param suspended true: no containers, its routes answer 503
 * @param drain time that requests in flight get
 * @param sleepAfter time without a request after which its containers stop; {@code null} = never
 * @param dependsOn what must be ready before a new release of it is started, sorted
 * @param release what runs before a new release is started; {@code null} = nothing
 * @param adopts name of a container, not Berth's, that it takes over from; {@code null} = none
 */
public record DesiredApp(
        ResourceId id,
        Location declaredAt,
        SpecHash generation,
        Workload workload,
        String sourceRevision,
        boolean suspended,
        App.Strategy strategy,
        Duration drain,
        @Nullable Duration sleepAfter,
        List<ResourceId> dependsOn,
        @Nullable DesiredCommand release,
        @Nullable String adopts) {
    public DesiredApp {
        dependsOn = dependsOn.stream().sorted().distinct().toList();
    }

    /** An app that takes over from nobody. */
    public DesiredApp(
            ResourceId id,
            Location declaredAt,
            SpecHash generation,
            Workload workload,
            String sourceRevision,
            boolean suspended,
            App.Strategy strategy,
            Duration drain,
            @Nullable Duration sleepAfter,
            List<ResourceId> dependsOn,
            @Nullable DesiredCommand release) {
        this(
                id,
                declaredAt,
                generation,
                workload,
                sourceRevision,
                suspended,
                strategy,
                drain,
                sleepAfter,
                dependsOn,
                release,
                null);
    }

    /** An app that runs nothing before a release. */
    public DesiredApp(
            ResourceId id,
            Location declaredAt,
            SpecHash generation,
            Workload workload,
            String sourceRevision,
            boolean suspended,
            App.Strategy strategy,
            Duration drain,
            @Nullable Duration sleepAfter,
            List<ResourceId> dependsOn) {
        this(
                id,
                declaredAt,
                generation,
                workload,
                sourceRevision,
                suspended,
                strategy,
                drain,
                sleepAfter,
                dependsOn,
                null);
    }

    /** An app that depends on nothing. */
    public DesiredApp(
            ResourceId id,
            Location declaredAt,
            SpecHash generation,
            Workload workload,
            String sourceRevision,
            boolean suspended,
            App.Strategy strategy,
            Duration drain,
            @Nullable Duration sleepAfter) {
        this(
                id,
                declaredAt,
                generation,
                workload,
                sourceRevision,
                suspended,
                strategy,
                drain,
                sleepAfter,
                List.of());
    }

    /** An app that never sleeps. */
    public DesiredApp(
            ResourceId id,
            Location declaredAt,
            SpecHash generation,
            Workload workload,
            String sourceRevision,
            boolean suspended,
            App.Strategy strategy,
            Duration drain) {
        this(
                id,
                declaredAt,
                generation,
                workload,
                sourceRevision,
                suspended,
                strategy,
                drain,
                null);
    }
}
