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
 * @param crons what it runs by the clock, in the order declared
 * @param keepReleases how many releases that were ready are remembered
 * @param pin the release that it is to stay at; {@code null} = the declared one
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
        List<DesiredCron> crons,
        int keepReleases,
        @Nullable DesiredPin pin,
        @Nullable String adopts) {
    private static final int KEPT = 5;

    public DesiredApp {
        dependsOn = dependsOn.stream().sorted().distinct().toList();
        crons = List.copyOf(crons);
    }

    /** An app that is not pinned and takes over from nobody. */
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
            @Nullable DesiredCommand release,
            List<DesiredCron> crons) {
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
                crons,
                KEPT,
                null,
                null);
    }

    /** The same at a release that was ready before; its release command has run then. */
    DesiredApp at(Workload.Containers before, String revision) {
        return new DesiredApp(
                id,
                declaredAt,
                generation,
                before,
                revision,
                suspended,
                strategy,
                drain,
                sleepAfter,
                dependsOn,
                null,
                crons,
                keepReleases,
                pin,
                adopts);
    }

    /** The same, whose pin can't be followed. */
    DesiredApp withPin(DesiredPin wrong) {
        return new DesiredApp(
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
                crons,
                keepReleases,
                wrong,
                adopts);
    }

    /** An app that runs nothing by the clock. */
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
                List.of());
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
