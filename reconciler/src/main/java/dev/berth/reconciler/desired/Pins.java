package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Has apps stay at the releases that they are pinned to: what runs is as it was then, how it is
 * served, probed and how often it runs is as it is declared now. Pure.
 */
public final class Pins {
    private final Map<SecretRef, SecretUse> secrets;

    private Pins(DesiredState.Known desired) {
        secrets = desired.secrets();
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
        if (pin == null || !(app.workload() instanceof Workload.Containers now)) {
            return app;
        }
        KnownRelease then =
                known.stream()
                        .filter(release -> release.id().equals(pin.release()))
                        .findFirst()
                        .orElse(null);
        String fault = then == null ? fault(pin, known) : fault(then);
        return then == null || fault != null
                ? app.edit().pin(new DesiredPin(pin.release(), fault)).make()
                : at(app, workload(now, then), then.revision());
    }

    /** Its release command has run when the release became ready. */
    private static DesiredApp at(DesiredApp app, Workload.Containers before, String revision) {
        ContainerTemplate main = before.main().template();
        return app.edit()
                .workload(before, revision)
                .release(null)
                .crons(app.crons().stream().map(cron -> cron.like(main)).toList())
                .make();
    }

    private static DesiredJob like(DesiredJob job, @Nullable DesiredApp app) {
        return app == null || app.pin() == null || app.pin().fault() != null ? job : job.like(app);
    }

    /** Why a release can't be made again; {@code null} when it can. */
    private @Nullable String fault(KnownRelease release) {
        List<String> gone =
                release.processes().values().stream()
                        .flatMap(then -> Stream.of(then.secretVariables(), then.filesOfSecrets()))
                        .flatMap(uses -> uses.values().stream())
                        .map(SecretUse::ref)
                        .filter(ref -> !secrets.containsKey(ref))
                        .map(SecretRef::toString)
                        .distinct()
                        .sorted()
                        .toList();
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

    private Workload.Containers workload(Workload.Containers now, KnownRelease release) {
        SortedMap<String, DesiredProcess> processes = new TreeMap<>();
        release.processes()
                .forEach((name, then) -> processes.put(name, process(now, name, current(then))));
        return new Workload.Containers(
                release.image().equals(now.image().reference())
                        ? now.image()
                        : ImageSource.again(release.image()),
                processes);
    }

    private static DesiredProcess process(
            Workload.Containers now, String name, ContainerTemplate then) {
        DesiredProcess declared = now.processes().get(name);
        return declared == null
                ? new DesiredProcess(then, 1, Readiness.DEFAULT)
                : new DesiredProcess(then, declared.replicas(), declared.readiness());
    }

    /** With secrets as they are now. */
    private ContainerTemplate current(ContainerTemplate then) {
        return then.edit()
                .secrets(current(then.secretVariables()), current(then.filesOfSecrets()))
                .make();
    }

    private SortedMap<String, SecretUse> current(SortedMap<String, SecretUse> then) {
        SortedMap<String, SecretUse> now = new TreeMap<>(then);
        now.replaceAll((_, use) -> secrets.getOrDefault(use.ref(), use));
        return now;
    }
}
