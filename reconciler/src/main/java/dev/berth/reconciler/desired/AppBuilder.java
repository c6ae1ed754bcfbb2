package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Policy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes desired apps from right documents: defaults and references resolved. Pure. */
final class AppBuilder {
    private final Instance instance;
    private final Revision revision;
    private final Environment.Sources sources;

    AppBuilder(Instance instance, Revision revision, Environment.Sources sources) {
        this.instance = instance;
        this.revision = revision;
        this.sources = sources;
    }

    /**
     * @param app its document, completed
     * @param source {@code null} for an app that runs an image
     * @param routes all that lead to the app
     */
    DesiredApp build(
            App app,
            Location place,
            SourceAnswer.@Nullable Pinned source,
            List<DesiredRoute> routes) {
        Workload workload = workload(app, source);
        SourcePin pin = source == null ? null : source.pin();
        App.Spec spec = app.spec();
        List<ResourceId> dependsOn =
                spec.dependsOn().stream().map(App.Dependency::id).sorted().distinct().toList();
        DesiredCommand release = release(spec, workload);
        Effective effective =
                new Effective(
                        image(workload),
                        pin == null ? null : pin.directoryId(),
                        spec.staticFiles() != null && spec.staticFiles().spa(),
                        processes(workload),
                        spec.suspend(),
                        spec.rollout().strategy(),
                        spec.rollout().drain(),
                        sleepAfter(spec),
                        dependsOn.isEmpty() ? null : dependsOn,
                        release,
                        spec.pin(),
                        routes.stream().map(AppBuilder::print).sorted().toList(),
                        routes.stream().map(DesiredRoute::policy).distinct().toList());
        return new DesiredApp.Draft(
                        app.id(),
                        place,
                        SpecHash.of(effective),
                        workload,
                        pin == null ? revision.commit() : pin.revision().commit())
                .suspended(spec.suspend())
                .rollout(spec.rollout().strategy(), spec.rollout().drain())
                .sleepAfter(sleepAfter(spec))
                .dependsOn(dependsOn)
                .release(release)
                .crons(crons(app, workload))
                .keepReleases(spec.rollout().keepReleases())
                .pin(spec.pin() == null ? null : new DesiredPin(spec.pin(), null))
                .rollbackWindow(RollbackRules.window(spec))
                .adopts(app.metadata().annotations().get(AdoptRules.ADOPT))
                .keeps(volumesOfFiles(app, workload))
                .make();
    }

    private static List<DesiredCron> crons(App app, Workload workload) {
        if (!(workload instanceof Workload.Containers containers)) {
            return List.of();
        }
        return app.spec().cron().stream()
                .flatMap(cron -> cron(app.id(), cron, containers.main().template()).stream())
                .toList();
    }

    /** Empty when its schedule is wrong, and so no document is right that has it. */
    private static Optional<DesiredCron> cron(ResourceId app, App.Cron cron, ContainerTemplate of) {
        ZoneId zone = CronRules.zone(cron.timezone());
        if (zone == null
                || !(CronSchedule.parse(cron.schedule(), zone)
                        instanceof CronSchedule.Right(CronSchedule schedule))) {
            return Optional.empty();
        }
        ContainerTemplate template = DesiredCron.template(of, cron.name(), cron.command().words());
        return Optional.of(
                new DesiredCron(
                        DesiredCron.id(app, cron.name()),
                        app,
                        cron.name(),
                        SpecHash.of(cron),
                        schedule,
                        cron.concurrency(),
                        new DesiredCommand(template, cron.timeout()),
                        cron.keep()));
    }

    private static @Nullable DesiredCommand release(App.Spec spec, Workload workload) {
        App.ReleaseCommand release = spec.release();
        if (release == null || !(workload instanceof Workload.Containers containers)) {
            return null;
        }
        return new DesiredCommand(
                containers.main().template().running(release.command().words()), release.timeout());
    }

    private static @Nullable Duration sleepAfter(App.Spec spec) {
        return spec.sleep() == null ? null : spec.sleep().after();
    }

    /** They are declared, and files mount none. */
    private Set<String> volumesOfFiles(App app, Workload workload) {
        return switch (workload) {
            case Workload.Containers _ -> Set.of();
            case Workload.Files _ ->
                    app.spec().volumes().stream()
                            .map(volume -> volume(app, volume))
                            .collect(Collectors.toUnmodifiableSet());
        };
    }

    private String volume(App app, App.Volume volume) {
        return "berth_%s_%s_%s"
                .formatted(instance.metadata().name(), app.metadata().name(), volume.name());
    }

    private Workload workload(App app, SourceAnswer.@Nullable Pinned source) {
        App.Spec spec = app.spec();
        if (spec.staticFiles() != null && source != null) {
            return new Workload.Files(origin(app, source), spec.staticFiles().spa());
        }
        ImageSource image = imageSource(app, source);
        SortedMap<String, App.ProcessSpec> specs = EffectiveProcesses.of(spec);
        SortedMap<String, DesiredProcess> processes = new TreeMap<>();
        specs.forEach(
                (name, process) ->
                        processes.put(
                                name,
                                new DesiredProcess(
                                        template(app, process, image.reference()),
                                        process.replicas(),
                                        readiness(spec, name, specs))));
        return new Workload.Containers(image, processes);
    }

    private Workload.Origin origin(App app, SourceAnswer.Pinned source) {
        return switch (source.recipe()) {
            case Recipe.AsItIs asItIs -> new Workload.Origin.Selection(source.pin(), asItIs);
            case Recipe.ByDockerfile by -> new Workload.Origin.Bundle(built(app, source.pin(), by));
            case null -> new Workload.Origin.Directory(source.pin());
        };
    }

    private ImageSource imageSource(App app, SourceAnswer.@Nullable Pinned source) {
        return switch (source == null ? null : source.recipe()) {
            case Recipe.ByDockerfile by when source != null -> built(app, source.pin(), by);
            case Recipe.ByDockerfile _, Recipe.AsItIs _ ->
                    throw new IllegalStateException(app.id() + " is files and has no image");
            case null ->
                    new ImageSource.Prebuilt(app.spec().image() == null ? "" : app.spec().image());
        };
    }

    private ImageSource.Built built(App app, SourcePin pin, Recipe.ByDockerfile by) {
        Environment given = sources.atBuild(app);
        App.Build build = app.spec().build();
        Environment all = build == null ? given : given.with(build.args());
        SortedMap<String, String> args = all.clear();
        SortedMap<String, SecretUse> secrets = all.secret().isEmpty() ? null : all.secret();
        SpecHash hash =
                switch (by) {
                    case Recipe.Own(String dockerfile) ->
                            SpecHash.of(
                                    new BuildInput(pin.directoryId(), dockerfile, args, secrets));
                    case Recipe.Written(_, String context, String text, _) ->
                            SpecHash.of(
                                    new WrittenInput(
                                            pin.directoryId(), context, text, args, secrets));
                };
        return new ImageSource.Built(
                "%s%s:%s".formatted(ImageSource.BUILT, app.metadata().name(), hash),
                pin,
                by,
                args,
                all.secret(),
                BuildLimits.of(build, instance.spec().builds()));
    }

    private ContainerTemplate template(App app, App.ProcessSpec process, String image) {
        App.Spec spec = app.spec();
        SortedMap<String, String> mounts = new TreeMap<>();
        for (App.Volume volume : spec.volumes()) {
            mounts.put(Paths.absolute(volume.path()), volume(app, volume));
        }
        ByteSize memory = spec.resources().memory();
        BigDecimal cpus = spec.resources().cpus();
        boolean published =
                process.port() != null
                        && instance.spec().engine().reach() == Instance.Reach.LOOPBACK;
        Environment env = env(app, process);
        return new ContainerTemplate.Draft(image)
                .command(process.command() == null ? null : process.command().words())
                .env(env.clear())
                .mounts(mounts)
                .port(
                        process.port(),
                        process.protocol() == App.Protocol.H2C ? Backend.Protocol.H2c : null)
                .limits(
                        memory == null ? 0 : memory.bytes(),
                        cpus == null ? 0 : cpus.movePointRight(3).longValueExact())
                .restartedAt(spec.restartedAt() == null ? null : spec.restartedAt().toString())
                .published(published ? true : null)
                .capabilities(spec.capabilities())
                .secrets(env.secret(), secretFiles(app))
                .make();
    }

    private Environment env(App app, App.ProcessSpec process) {
        Map<String, String> injected = new HashMap<>();
        injected.put("BERTH_APP", app.metadata().name());
        List<String> hosts = Claim.hosts(app, instance.spec().domain());
        if (!hosts.isEmpty()) {
            injected.put("BERTH_URL", "http://" + hosts.getFirst());
        }
        injected.put("HOST", "0.0.0.0");
        if (process.port() != null) {
            injected.put("PORT", process.port().toString());
        }
        return sources.atRuntime(Environment.of(injected), app);
    }

    private SortedMap<String, SecretUse> secretFiles(App app) {
        SortedMap<String, SecretUse> uses = new TreeMap<>();
        for (App.SecretFile file : app.spec().secrets()) {
            uses.put(file.file(), sources.secrets().use(new SecretRef(file.secret(), file.key())));
        }
        return uses;
    }

    /** The check is about web; an app without web has it for each process. */
    private static Readiness readiness(
            App.Spec spec, String name, SortedMap<String, App.ProcessSpec> processes) {
        App.HealthCheck given = spec.healthcheck();
        boolean meant = name.equals(AppRules.WEB) || !processes.containsKey(AppRules.WEB);
        App.ProcessSpec process = processes.get(name);
        // What a server of gRPC answers to GET / says nothing, so only its port is asked.
        boolean speaksH2c = process != null && process.protocol() == App.Protocol.H2C;
        Readiness.Check check = speaksH2c ? new Readiness.Tcp() : new Readiness.Automatic();
        if (meant && given.command() != null) {
            check = new Readiness.CommandSucceeds(given.command().words());
        } else if (meant && given.path() != null) {
            check = new Readiness.Http(given.path());
        } else if (meant && given.tcp()) {
            check = new Readiness.Tcp();
        }
        return new Readiness(check, given.interval(), given.timeout(), given.deadline());
    }

    private static @Nullable String image(Workload workload) {
        return switch (workload) {
            case Workload.Containers(ImageSource image, _) -> image.reference();
            case Workload.Files(Workload.Origin.Bundle(var image), _) -> image.reference();
            case Workload.Files(Workload.Origin.Directory _, _),
                    Workload.Files(Workload.Origin.Selection _, _) ->
                    null;
        };
    }

    private static List<EffectiveProcess> processes(Workload workload) {
        return switch (workload) {
            case Workload.Files _ -> List.of();
            case Workload.Containers(_, SortedMap<String, DesiredProcess> processes) ->
                    processes.entrySet().stream()
                            .map(e -> EffectiveProcess.of(e.getKey(), e.getValue()))
                            .sorted(Comparator.comparing(EffectiveProcess::name))
                            .toList();
        };
    }

    private static String print(DesiredRoute route) {
        return switch (route.destination()) {
            case DesiredRoute.ToApp(_, String process) ->
                    "%s%s -> %s".formatted(route.host(), route.path(), process);
            case DesiredRoute.ToHost(String host) ->
                    "%s%s -> %s".formatted(route.host(), route.path(), host);
            case DesiredRoute.ToControl() ->
                    "%s%s -> control".formatted(route.host(), route.path());
        };
    }

    /**
     * What makes two images of one app the same.
     *
     * @param secrets {@code null} = none, so that the hash of a build without any stays as it was
     */
    private record BuildInput(
            String directoryId,
            String dockerfile,
            SortedMap<String, String> args,
            @Nullable SortedMap<String, SecretUse> secrets) {}

    /** Likewise of those whose Dockerfile Berth wrote. */
    private record WrittenInput(
            String contextId,
            String context,
            String text,
            SortedMap<String, String> args,
            @Nullable SortedMap<String, SecretUse> secrets) {}

    /** All that the generation stands for. */
    private record Effective(
            @Nullable String image,
            @Nullable String directoryId,
            boolean spa,
            List<EffectiveProcess> processes,
            boolean suspended,
            App.Strategy strategy,
            Duration drain,
            @Nullable Duration sleepAfter,
            @Nullable List<ResourceId> dependsOn,
            @Nullable DesiredCommand release,
            @Nullable String pin,
            List<String> routes,
            List<Policy> policies) {}

    private record EffectiveProcess(
            String name,
            ContainerTemplate template,
            int replicas,
            String check,
            Duration interval,
            Duration timeout,
            Duration deadline) {
        static EffectiveProcess of(String name, DesiredProcess process) {
            Readiness readiness = process.readiness();
            String check =
                    switch (readiness.check()) {
                        case Readiness.Http(String path) -> "http " + path;
                        case Readiness.Tcp _ -> "tcp";
                        case Readiness.CommandSucceeds(List<String> words) ->
                                words.stream().collect(Collectors.joining("\0", "command ", ""));
                        case Readiness.Automatic _ -> "automatic";
                    };
            return new EffectiveProcess(
                    name,
                    process.template(),
                    process.replicas(),
                    check,
                    readiness.interval(),
                    readiness.timeout(),
                    readiness.deadline());
        }
    }
}
