package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.Revision;
import dev.berth.schemas.config.Command;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes desired jobs from right documents. Pure. */
final class JobBuilder {
    private static final String NAME = "BERTH_JOB";

    private final Map<ResourceId, DesiredApp> apps;
    private final Environment.Sources sources;
    private final Revision revision;

    /**
     * @param apps all that are desired
     */
    JobBuilder(Map<ResourceId, DesiredApp> apps, Environment.Sources sources, Revision revision) {
        this.apps = apps;
        this.sources = sources;
        this.revision = revision;
    }

    /** The job; {@code null} when there is no app of containers to run it like. */
    @Nullable DesiredJob build(Job job, Location place) {
        Job.Spec spec = job.spec();
        SortedMap<String, String> env = new TreeMap<>(spec.env());
        env.put(NAME, job.metadata().name());
        List<String> words = words(spec.command());
        List<String> groups = spec.envFrom().isEmpty() ? null : spec.envFrom();
        // What groups say is no part of it: a job that ran is not another one when they change.
        SpecHash run = SpecHash.of(new Own(spec.app(), spec.image(), words, env, groups));
        Environment given = sources.groups(spec.envFrom()).with(env);
        if (spec.image() != null) {
            ContainerTemplate template =
                    new ContainerTemplate.Draft(spec.image())
                            .command(words)
                            .environment(given)
                            .make();
            return new DesiredJob(
                    job.id(),
                    place,
                    run,
                    job.id(),
                    new ImageSource.Prebuilt(spec.image()),
                    new DesiredCommand(template, spec.timeout()),
                    revision.commit(),
                    null);
        }
        DesiredApp app = apps.get(ResourceId.app(String.valueOf(spec.app())));
        if (app == null || !(app.workload() instanceof Workload.Containers containers)) {
            return null;
        }
        ContainerTemplate like = containers.main().template();
        ContainerTemplate template = DesiredJob.template(like, words, given);
        return new DesiredJob(
                job.id(),
                place,
                run,
                app.id(),
                containers.image(),
                new DesiredCommand(template, spec.timeout()),
                app.sourceRevision(),
                given);
    }

    private static @Nullable List<String> words(@Nullable Command command) {
        return command == null ? null : command.words();
    }

    /** What makes a job another one. */
    private record Own(
            @Nullable String app,
            @Nullable String image,
            @Nullable List<String> command,
            SortedMap<String, String> env,
            @Nullable List<String> envFrom) {}
}
