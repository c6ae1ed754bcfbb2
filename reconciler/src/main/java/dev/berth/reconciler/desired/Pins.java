package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Has apps stay at the releases that they are pinned to. Pure. */
public final class Pins {
    private static final String NO_RELEASES =
            "spec.pin: files that are served without a container have no releases; take the pin away, and go back with git revert";

    private final FormerReleases former;
    private final DesiredRoutes claims;

    private Pins(DesiredState.Known desired) {
        former = new FormerReleases(desired);
        claims = desired.claims();
    }

    /**
     * What should be, with every pin followed, or found wrong.
     *
     * @param known by app, newest first
     */
    public static DesiredState.Known follow(
            DesiredState.Known desired, Map<ResourceId, List<KnownRelease>> known) {
        if (desired.apps().values().stream().allMatch(app -> app.pin() == null)) {
            return desired;
        }
        Pins pins = new Pins(desired);
        SortedMap<ResourceId, DesiredApp> apps = new TreeMap<>(desired.apps());
        apps.replaceAll((id, app) -> pins.follow(app, known.getOrDefault(id, List.of())));
        SortedMap<ResourceId, DesiredJob> jobs = new TreeMap<>(desired.jobs());
        jobs.replaceAll((_, job) -> like(job, apps.get(job.networkOf())));
        return desired.with(apps, jobs);
    }

    private DesiredApp follow(DesiredApp app, List<KnownRelease> known) {
        DesiredPin pin = app.pin();
        if (pin == null) {
            return app;
        }
        return switch (app.workload()) {
            case Workload.Containers now -> follow(app, now, pin, known);
            case Workload.Files _ ->
                    app.edit().pin(new DesiredPin(pin.release(), NO_RELEASES)).make();
        };
    }

    private DesiredApp follow(
            DesiredApp app, Workload.Containers now, DesiredPin pin, List<KnownRelease> known) {
        KnownRelease then =
                known.stream()
                        .filter(release -> release.id().equals(pin.release()))
                        .findFirst()
                        .orElse(null);
        String fault = then == null ? fault(pin, known) : fault(app, then);
        return then == null || fault != null
                ? app.edit().pin(new DesiredPin(pin.release(), fault)).make()
                : former.at(app, now, then).make();
    }

    private static DesiredJob like(DesiredJob job, @Nullable DesiredApp app) {
        return app == null || app.pin() == null || app.pin().fault() != null ? job : job.like(app);
    }

    /** Why a release can't be made again, or could not serve; {@code null} when it can. */
    private @Nullable String fault(DesiredApp app, KnownRelease release) {
        String mute =
                claims.processesOf(app.id()).stream()
                        .filter(process -> !release.listens(process))
                        .sorted()
                        .findFirst()
                        .orElse(null);
        if (mute != null) {
            return "spec.pin: release %s can't get the requests that are for process %s, which has no port there; pin another release, or take the pin away"
                    .formatted(release.id(), mute);
        }
        List<String> gone = former.gone(release);
        return gone.isEmpty()
                ? null
                : "spec.pin: release %s needs what is no longer there: %s; put it back, pin another release, or take the pin away"
                        .formatted(release.id(), String.join(", ", gone));
    }

    private static String fault(DesiredPin pin, List<KnownRelease> known) {
        return "spec.pin: there is no known release %s; known releases: %s"
                .formatted(
                        pin.release(),
                        known.isEmpty()
                                ? "none yet"
                                : known.stream()
                                        .map(KnownRelease::id)
                                        .collect(Collectors.joining(", ")));
    }
}
