package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ReleaseStatus;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which releases a pass found ready. Pure. */
public final class ReadyReleases {
    private ReadyReleases() {}

    /**
     * The release of an app; {@code null} unless the pass found that it serves as declared.
     *
     * @param known those of the app, newest first
     */
    public static @Nullable KnownRelease of(
            DesiredApp app,
            @Nullable ResourceStatus status,
            List<KnownRelease> known,
            Instant now) {
        if (!(app.workload() instanceof Workload.Containers containers)
                || containers.wantsNone()
                || status == null
                || !serves(status, app)) {
            return null;
        }
        return !known.isEmpty() && known.getFirst().is(containers)
                ? known.getFirst().with(containers)
                : KnownRelease.of(Release.idOf(containers), containers, app.sourceRevision(), now);
    }

    /** What is asleep has not proven anything; nor has what is scaled to nothing. */
    private static boolean serves(ResourceStatus status, DesiredApp app) {
        Condition ready = status.condition(ConditionType.Ready);
        return ready != null
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
                .flatMap(app -> list(app, known.apply(app.id())))
                .toList();
    }

    private static Stream<ReleaseStatus> list(DesiredApp app, List<KnownRelease> known) {
        return known.stream()
                .map(
                        release ->
                                new ReleaseStatus(
                                        app.id(),
                                        release.id(),
                                        release.image(),
                                        release.revision(),
                                        release.readyAt(),
                                        isWanted(app, release)));
    }

    private static boolean isWanted(DesiredApp app, KnownRelease release) {
        if (app.wentBack() != null && app.isBack()) {
            return app.wentBack().to().equals(release.id());
        }
        if (app.pin() != null && app.pin().fault() == null) {
            return app.pin().release().equals(release.id()); // maybe with newer secrets
        }
        return app.workload() instanceof Workload.Containers declared && release.is(declared);
    }
}
