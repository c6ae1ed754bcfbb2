package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Apps at releases of before: what runs is as it was then, how it is served, probed and how often
 * it runs is as it is declared now. Pure.
 */
final class FormerReleases {
    private final Map<SecretRef, SecretUse> secrets;

    FormerReleases(DesiredState.Known desired) {
        secrets = desired.secrets();
    }

    /**
     * An app at a release. Its release command has run when the release became ready.
     *
     * @param now what the app declares
     */
    DesiredApp.Draft at(DesiredApp app, Workload.Containers now, KnownRelease then) {
        Workload.Containers before = workload(now, then);
        ContainerTemplate main = before.main().template();
        return app.edit()
                .workload(before, then.revision())
                .release(null)
                .keeps(volumes(now, before))
                .crons(app.crons().stream().map(cron -> cron.like(main)).toList());
    }

    /** It is declared, whatever runs: data is not deleted because something failed. */
    private static Set<String> volumes(Workload.Containers now, Workload.Containers before) {
        Set<String> volumes = new HashSet<>(now.volumes());
        volumes.removeAll(before.volumes());
        return volumes;
    }

    /** Secrets that a release needs and that are no longer there, sorted. */
    List<String> gone(KnownRelease release) {
        return release.processes().values().stream()
                .flatMap(then -> Stream.of(then.secretVariables(), then.filesOfSecrets()))
                .flatMap(uses -> uses.values().stream())
                .map(SecretUse::ref)
                .filter(ref -> !secrets.containsKey(ref))
                .map(SecretRef::toString)
                .distinct()
                .sorted()
                .toList();
    }

    private Workload.Containers workload(Workload.Containers now, KnownRelease release) {
        SortedMap<String, DesiredProcess> processes = new TreeMap<>();
        templates(release).forEach((name, then) -> processes.put(name, process(now, name, then)));
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

    SortedMap<String, ContainerTemplate> templates(KnownRelease release) {
        SortedMap<String, ContainerTemplate> now = new TreeMap<>(release.processes());
        now.replaceAll((_, then) -> current(then));
        return now;
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
