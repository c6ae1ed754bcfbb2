package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.ResourceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has apps stay at the releases that they are pinned to: what runs is as it was then, how it is
 * served, probed and how often it runs is as it is declared now. Pure.
 */
public final class Pins {
    private final Map<String, SecretUse> secrets = new HashMap<>();

    private Pins(DesiredState.Known desired) {
        desired.apps().values().stream()
                .flatMap(app -> templates(app.workload()))
                .flatMap(
                        template ->
                                Stream.of(template.secretVariables(), template.filesOfSecrets()))
                .flatMap(uses -> uses.values().stream())
                .forEach(use -> secrets.put(name(use), use));
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
        return desired.withApps(apps);
    }

    private DesiredApp follow(DesiredApp app, List<KnownRelease> known) {
        DesiredPin pin = app.pin();
        if (pin == null || !(app.workload() instanceof Workload.Containers now)) {
            return app;
        }
        return known.stream()
                .filter(release -> release.id().equals(pin.release()))
                .findFirst()
                .map(release -> at(app, workload(now, release), release.revision()))
                .orElseGet(
                        () ->
                                app.edit()
                                        .pin(new DesiredPin(pin.release(), fault(pin, known)))
                                        .make());
    }

    /** Its release command has run when the release became ready. */
    private static DesiredApp at(DesiredApp app, Workload before, String revision) {
        return app.edit().workload(before, revision).release(null).make();
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
        now.replaceAll((_, use) -> secrets.getOrDefault(name(use), use));
        return now;
    }

    private static String name(SecretUse use) {
        return use.ref().toString();
    }

    private static Stream<ContainerTemplate> templates(Workload workload) {
        return switch (workload) {
            case Workload.Files _ -> Stream.empty();
            case Workload.Containers(_, var processes) ->
                    processes.values().stream().map(DesiredProcess::template);
        };
    }
}
