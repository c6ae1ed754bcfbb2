package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.plan.Change.RemoveVolume;
import dev.berth.reconciler.plan.Reason.Confirmed;
import dev.berth.reconciler.plan.Reason.RemovedFromConfig;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Data goes only when three agree: the document that last declared it lets it be deleted, the
 * Instance confirms it by name, and nobody declares it. All else is kept, and shown; but what a
 * preview has written goes with the preview.
 */
final class VolumeGuard {
    private final DesiredState.Known desired;
    private final LiveState live;
    private final Set<String> declared;
    private final Set<String> used;
    private final Set<ResourceId> alive;

    VolumeGuard(DesiredState.Known desired, LiveState live) {
        this.desired = desired;
        this.live = live;
        this.alive = live.alive();
        this.declared =
                desired.apps().values().stream()
                        .flatMap(VolumeGuard::mounts)
                        .collect(Collectors.toSet());
        this.used =
                Stream.concat(
                                live.containers().stream().map(ContainerView::template),
                                live.runs().stream().map(RunView::template))
                        .flatMap(Stream::ofNullable)
                        .flatMap(template -> template.mounts().values().stream())
                        .collect(Collectors.toSet());
    }

    private static Stream<String> mounts(DesiredApp app) {
        return switch (app.workload()) {
            case Workload.Files _ -> app.keeps().stream();
            case Workload.Containers wanted ->
                    Stream.concat(wanted.volumes().stream(), app.keeps().stream());
        };
    }

    /**
     * What is deleted.
     *
     * @param busy whose containers are changed or removed now: their volumes have time
     */
    List<Change> removals(Set<ResourceId> busy) {
        return orphans().stream()
                .filter(this::mayGo)
                .map(Plan.Orphan::volume)
                .filter(volume -> !busy.contains(volume.id().app()))
                .filter(volume -> !used.contains(volume.name()))
                .map(VolumeGuard::remove)
                .toList();
    }

    private static Change remove(VolumeView volume) {
        return new RemoveVolume(
                volume.id().app(),
                volume,
                isOfPreview(volume)
                        ? List.of(Reason.PreviewEnded.gone())
                        : List.of(new RemovedFromConfig(), new Confirmed(volume.id().toString())));
    }

    /** What a preview has written goes with it: not before, and once its app stays or is gone. */
    private boolean mayGo(Plan.Orphan orphan) {
        PreviewId preview = PreviewId.of(orphan.volume().id().app());
        return preview == null
                ? orphan.deletable() && confirmed(orphan.volume())
                : !desired.apps().containsKey(preview.id())
                        && (desired.apps().containsKey(preview.parent())
                                || !alive.contains(preview.parent()));
    }

    /** Whether it is of a preview that is there, with which it goes. */
    private boolean waitsForItsPreview(Plan.Orphan orphan) {
        return isOfPreview(orphan.volume())
                && desired.apps().containsKey(orphan.volume().id().app());
    }

    private static boolean isOfPreview(VolumeView volume) {
        return PreviewId.of(volume.id().app()) != null;
    }

    /** What is kept. */
    List<Plan.Orphan> kept() {
        return orphans().stream()
                .filter(orphan -> !mayGo(orphan) && !waitsForItsPreview(orphan))
                .toList();
    }

    private boolean confirmed(VolumeView volume) {
        return desired.settings().prune().confirm().contains(volume.id().toString());
    }

    /** While a file can't be understood, it may declare anything. */
    private List<Plan.Orphan> orphans() {
        return desired.pruneHold() != null
                ? List.of()
                : live.volumes().stream()
                        .filter(volume -> !declared.contains(volume.name()))
                        .filter(volume -> !desired.holds(volume.id().app()))
                        .map(v -> new Plan.Orphan(v, desired.deletable().contains(v.id())))
                        .toList();
    }
}
