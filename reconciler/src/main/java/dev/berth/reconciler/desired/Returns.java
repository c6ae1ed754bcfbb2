package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Has apps be at the releases that they went back to by themselves. Pure. */
public final class Returns {
    private final FormerReleases former;

    private Returns(DesiredState.Known desired) {
        former = new FormerReleases(desired);
    }

    /**
     * One of an app.
     *
     * @param to the release; {@code null} when it is not known any more
     */
    public record Return(WentBack fact, @Nullable KnownRelease to) {}

    /**
     * What should be, where apps went back. One whose spec has changed since, or that may not go
     * back, is as it is declared.
     *
     * @param returns by app
     */
    public static DesiredState.Known follow(
            DesiredState.Known declared, Map<ResourceId, Return> returns) {
        if (returns.isEmpty()) {
            return declared;
        }
        Returns all = new Returns(declared);
        SortedMap<ResourceId, DesiredApp> apps = new TreeMap<>(declared.apps());
        returns.forEach((id, back) -> apps.computeIfPresent(id, (_, app) -> all.at(app, back)));
        SortedMap<ResourceId, DesiredJob> jobs = new TreeMap<>(declared.jobs());
        jobs.replaceAll((_, job) -> like(job, apps.get(job.networkOf())));
        return declared.with(apps, jobs);
    }

    /** The same for one of its apps. */
    public static DesiredApp follow(DesiredState.Known declared, DesiredApp app, Return back) {
        return new Returns(declared).at(app, back);
    }

    /** True when what happened to an app is about the spec that it has now. */
    public static boolean stands(WentBack fact, DesiredApp declared) {
        return declared.rollbackWindow().isPositive()
                && fact.generation().equals(declared.generation().text());
    }

    /** True when a release can be made again: what it needs is there. */
    public static boolean canBeMade(KnownRelease release, DesiredState.Known desired) {
        return new FormerReleases(desired).gone(release).isEmpty();
    }

    /** What a release would be made from now, with secrets as they are; by name of the process. */
    public static SortedMap<String, ContainerTemplate> templates(
            KnownRelease release, DesiredState.Known desired) {
        return new FormerReleases(desired).templates(release);
    }

    /**
     * An app at a release, to be made again as it was; {@code null} when that is not known, or
     * lacks something.
     */
    public static @Nullable DesiredApp at(
            DesiredState.Known desired, DesiredApp app, @Nullable KnownRelease then) {
        return then != null
                        && app.workload() instanceof Workload.Containers now
                        && canBeMade(then, desired)
                ? new FormerReleases(desired).at(app, now, then).make()
                : null;
    }

    private DesiredApp at(DesiredApp app, Return back) {
        KnownRelease to = back.to();
        if (to == null
                || !stands(back.fact(), app)
                || !(app.workload() instanceof Workload.Containers now)) {
            return app;
        }
        return back.fact().stage() == WentBack.Stage.GIVEN_UP
                ? app.edit().wentBack(back.fact()).make()
                : former.at(app, now, to)
                        .generation(SpecHash.of(new Instead(app.generation().text(), to.id())))
                        .wentBack(back.fact())
                        .make();
    }

    /** Other than what is declared: work for the one is none for the other. */
    private record Instead(String generation, String release) {}

    private static DesiredJob like(DesiredJob job, @Nullable DesiredApp app) {
        return app == null || !app.isBack() ? job : job.like(app);
    }
}
