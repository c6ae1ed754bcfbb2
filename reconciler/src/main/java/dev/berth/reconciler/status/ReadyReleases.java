package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ReleaseStatus;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which releases a pass found ready. Pure. */
public final class ReadyReleases {
    private ReadyReleases() {}

    /** The release of an app; {@code null} unless the pass found that it serves as declared. */
    public static @Nullable KnownRelease of(DesiredApp app, PassReport report, Instant now) {
        if (!(app.workload() instanceof Workload.Containers containers)
                || report.resources().stream().noneMatch(status -> serves(status, app))) {
            return null;
        }
        SortedMap<String, ContainerTemplate> templates = new TreeMap<>();
        containers.processes().forEach((name, p) -> templates.put(name, p.template()));
        return new KnownRelease(
                Release.idOf(containers),
                containers.image().reference(),
                app.sourceRevision(),
                now,
                templates);
    }

    /** What is asleep has not proven anything. */
    private static boolean serves(ResourceStatus status, DesiredApp app) {
        Condition ready = status.condition(ConditionType.Ready);
        return status.id().equals(app.id())
                && ready != null
                && ready.status() == Condition.Status.True
                && ready.reason() == ReasonCode.Succeeded
                && ready.observedGeneration().equals(app.generation().text());
    }

    /**
     * What can be pinned.
     *
     * @param known of an app, newest first
     */
    public static List<ReleaseStatus> list(
            DesiredState.Known desired, Function<ResourceId, List<KnownRelease>> known) {
        return desired.apps().values().stream()
                .flatMap(app -> known.apply(app.id()).stream().map(release -> status(app, release)))
                .toList();
    }

    private static ReleaseStatus status(DesiredApp app, KnownRelease release) {
        boolean wanted =
                app.workload() instanceof Workload.Containers containers
                        && Release.idOf(containers).equals(release.id());
        return new ReleaseStatus(
                app.id(),
                release.id(),
                release.image(),
                release.revision(),
                release.readyAt(),
                wanted);
    }
}
