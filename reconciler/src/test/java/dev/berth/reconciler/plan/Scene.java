package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.CronSchedule;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCommand;
import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.KnownOf;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.desired.SettingsOf;
import dev.berth.reconciler.desired.SpecHash;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.PastReleases;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A desired and a live state, put together step by step for planner tests. */
public final class Scene {
    public static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");
    public static final Revision REVISION =
            new Revision("main", "3f2a91c0".repeat(5), "Ada <ada@example.com>", NOW);
    static final String INSTANCE = "home";

    private final TreeMap<ResourceId, DesiredApp> apps = new TreeMap<>();
    private final List<DesiredRoute> routes = new ArrayList<>();
    private final Set<ResourceId> held = new HashSet<>();
    private @Nullable String pruneHold;
    private int maxDeletes = 5;
    private final List<String> confirmed = new ArrayList<>();
    private final List<VolumeView> volumes = new ArrayList<>();
    private final Set<VolumeId> deletable = new HashSet<>();
    private final List<ForeignContainer> foreign = new ArrayList<>();
    private final List<RunView> runs = new ArrayList<>();
    private final Map<ResourceId, Instant> schedules = new HashMap<>();
    private final Map<ResourceId, StartedJob> startedJobs = new HashMap<>();
    private final TreeMap<ResourceId, DesiredJob> jobs = new TreeMap<>();
    private final List<ContainerView> containers = new ArrayList<>();
    private final Map<ResourceId, String> networks = new HashMap<>();
    private final Map<ResourceId, PastReleases> past = new HashMap<>();
    private final Map<ResourceId, Map<String, String>> sites = new HashMap<>();
    private final List<Route> served = new ArrayList<>();
    private final Map<String, Integer> streaming = new HashMap<>();
    private final Map<String, Duration> idle = new HashMap<>();
    private final Set<String> wake = new HashSet<>();
    private Instance.Edge edge = Instance.Edge.NONE;
    private FrontProxies front = FrontProxies.NONE;
    private boolean edgeKnown = true;
    private final Map<ResourceId, FailedAttempt> failures = new HashMap<>();

    /** A template as the loader makes it for {@code image: shop:1, port: 3000}. */
    public static ContainerTemplate template(String image) {
        return new ContainerTemplate.Draft(image)
                .env(new TreeMap<>(Map.of("PORT", "3000")))
                .port(3000, null)
                .make();
    }

    static ContainerTemplate withEnv(ContainerTemplate t, String name, String value) {
        TreeMap<String, String> env = new TreeMap<>(t.env());
        env.put(name, value);
        return t.edit().env(env).make();
    }

    static ContainerTemplate withMemory(ContainerTemplate t, long bytes) {
        return t.edit().limits(bytes, t.cpuMillis()).make();
    }

    static ContainerTemplate withCapabilities(ContainerTemplate t, App.Capability... some) {
        return t.edit().capabilities(List.of(some)).make();
    }

    /** Declares an app with a web process, served at {@code <name>.localhost}. */
    public Scene app(String name, ContainerTemplate template, int replicas) {
        return app(name, template, replicas, UnaryOperator.identity());
    }

    public Scene app(
            String name, ContainerTemplate template, int replicas, UnaryOperator<DesiredApp> edit) {
        ResourceId id = ResourceId.app(name);
        Workload workload =
                new Workload.Containers(
                        new ImageSource.Prebuilt(template.image()),
                        new TreeMap<>(
                                Map.of(
                                        "web",
                                        new DesiredProcess(
                                                template, replicas, Readiness.DEFAULT))));
        DesiredApp app = desiredApp(id, workload, template.hash() + "-" + replicas);
        apps.put(id, edit.apply(app));
        if (template.port() == null) {
            return this;
        }
        return route(name + ".localhost", "/", id, new DesiredRoute.ToApp(id, "web"));
    }

    Scene site(String name, String directoryId) {
        ResourceId id = ResourceId.app(name);
        apps.put(
                id,
                desiredApp(
                        id,
                        new Workload.Files(
                                new Workload.Origin.Directory(
                                        new SourcePin(
                                                null, REVISION, "sites/" + name, directoryId)),
                                false),
                        directoryId));
        return route(name + ".localhost", "/", id, new DesiredRoute.ToApp(id, "web"));
    }

    /** Declares an app whose code makes files, as it was recognised. */
    Scene builtSite(String name) {
        ResourceId id = ResourceId.app(name);
        ImageSource.Built image = recognised(name, "Vite", new Recipe.Site(true));
        Workload files = new Workload.Files(new Workload.Origin.Bundle(image), true);
        apps.put(id, desiredApp(id, files, image.hash()));
        return route(name + ".localhost", "/", id, new DesiredRoute.ToApp(id, "web"));
    }

    /** Declares an app whose code is a program, as it was recognised. */
    Scene builtProgram(String name) {
        ImageSource.Built image =
                recognised(name, "Express", new Recipe.Program(3000, null, new TreeMap<>()));
        ContainerTemplate template = template(image.reference());
        return app(
                name,
                template,
                1,
                app ->
                        app.edit()
                                .workload(
                                        new Workload.Containers(
                                                image,
                                                new TreeMap<>(
                                                        Map.of(
                                                                "web",
                                                                new DesiredProcess(
                                                                        template,
                                                                        1,
                                                                        Readiness.DEFAULT)))),
                                        REVISION.commit())
                                .make());
    }

    private static ImageSource.Built recognised(String name, String as, Recipe.Output output) {
        return new ImageSource.Built(
                "berth/" + name + ":0123456789ab",
                new SourcePin(null, REVISION, "apps/" + name, "ab".repeat(20)),
                new Recipe.Written(
                        new Recipe.Recognised(as, "its manifest"),
                        "apps/" + name,
                        "FROM x\n",
                        output),
                new TreeMap<>());
    }

    private static DesiredApp desiredApp(ResourceId id, Workload workload, String generation) {
        return new DesiredApp.Draft(
                        id,
                        new Location("apps/" + id.name() + ".yaml", 1, 1),
                        SpecHash.of(new Generation(generation)),
                        workload,
                        REVISION.commit())
                .make();
    }

    private record Generation(String text) {}

    public static DesiredApp suspended(DesiredApp a) {
        return a.edit().suspended(true).make();
    }

    /** Sleeps after a quarter of an hour. */
    public static DesiredApp sleepy(DesiredApp a) {
        return a.edit().sleepAfter(Duration.ofMinutes(15)).make();
    }

    /** Depends on other apps. */
    public static UnaryOperator<DesiredApp> needing(String... others) {
        return a -> a.edit().dependsOn(ids(others)).make();
    }

    /** Depends on a job. */
    public static UnaryOperator<DesiredApp> needingJob(String job) {
        return a -> a.edit().dependsOn(List.of(new ResourceId(Kind.Job, job))).make();
    }

    /** Runs a command before each release. */
    public static DesiredApp migrating(DesiredApp a) {
        ContainerTemplate command =
                switch (a.workload()) {
                    case Workload.Containers(var image, _) ->
                            migration(template(image.reference()));
                    case Workload.Files _ -> throw new IllegalArgumentException();
                };
        return a.edit().release(new DesiredCommand(command, Duration.ofMinutes(5))).make();
    }

    static ContainerTemplate migration(ContainerTemplate of) {
        return of.running(List.of("migrate"));
    }

    /** Declares a job that may take an hour. */
    Scene job(String name, String image) {
        ResourceId id = new ResourceId(Kind.Job, name);
        ContainerTemplate template = template(image).running(List.of("work"));
        jobs.put(
                id,
                new DesiredJob(
                        id,
                        new Location("jobs.yaml", 1, 1),
                        template.hash(),
                        id,
                        new ImageSource.Prebuilt(image),
                        new DesiredCommand(template, Duration.ofHours(1)),
                        REVISION.commit(),
                        null));
        return this;
    }

    /** A job of that name and image was started once; its container is gone. */
    Scene jobGone(String name, String image, @Nullable Integer code) {
        ContainerTemplate template = template(image).running(List.of("work"));
        startedJobs.put(
                new ResourceId(Kind.Job, name), new StartedJob(template.hash().text(), code));
        return this;
    }

    /** A job of that name and image ran, or runs, since then. */
    Scene jobRan(String name, String image, ContainerView.State state) {
        ResourceId id = new ResourceId(Kind.Job, name);
        ContainerTemplate template = template(image).running(List.of("work"));
        runs.add(
                new RunView(
                        new ContainerId("%012d".formatted(800 + runs.size())),
                        ObjectNames.run(INSTANCE, id, RunView.Role.JOB, template.hash().text()),
                        id,
                        RunView.Role.JOB,
                        template.hash().text(),
                        template.hash().text(),
                        template,
                        state,
                        NOW,
                        state instanceof ContainerView.Exited ? NOW : null));
        return this;
    }

    /** The release command of an app's release with that template ran, or runs. */
    Scene ran(String app, ContainerTemplate of, ContainerView.State state) {
        ResourceId id = ResourceId.app(app);
        String release = releaseOf(of);
        runs.add(
                new RunView(
                        new ContainerId("%012d".formatted(900 + runs.size())),
                        ObjectNames.run(INSTANCE, id, RunView.Role.RELEASE, release),
                        id,
                        RunView.Role.RELEASE,
                        release,
                        migration(of).hash().text(),
                        migration(of),
                        state,
                        NOW,
                        state instanceof ContainerView.Exited ? NOW : null));
        return this;
    }

    /** Runs a command at those times, and may take an hour. */
    static UnaryOperator<DesiredApp> cron(String schedule, App.Concurrency concurrency) {
        return a -> a.edit().crons(List.of(prune(a.id(), schedule, concurrency))).make();
    }

    private static DesiredCron prune(ResourceId app, String schedule, App.Concurrency concurrency) {
        return switch (CronSchedule.parse(schedule, ZoneOffset.UTC)) {
            case CronSchedule.Wrong(var message) -> throw new IllegalArgumentException(message);
            case CronSchedule.Right(var right) ->
                    new DesiredCron(
                            DesiredCron.id(app, "prune"),
                            app,
                            "prune",
                            SpecHash.of(new Generation(schedule)),
                            right,
                            concurrency,
                            new DesiredCommand(prune("shop:1"), Duration.ofHours(1)),
                            2);
        };
    }

    private static ContainerTemplate prune(String image) {
        return template(image).running(List.of("prune"));
    }

    /** A run of it for that time began then, and ended a minute later if it has. */
    Scene cronRan(String app, Instant dueAt, ContainerView.State state) {
        ResourceId id = ResourceId.app(app);
        String run = CronRun.id("prune", dueAt);
        runs.add(
                new RunView(
                        new ContainerId("%012d".formatted(700 + runs.size())),
                        ObjectNames.run(INSTANCE, id, RunView.Role.CRON, run),
                        id,
                        RunView.Role.CRON,
                        run,
                        prune("shop:1").hash().text(),
                        prune("shop:1"),
                        state,
                        dueAt,
                        state instanceof ContainerView.Exited ? dueAt.plusSeconds(60) : null));
        return this;
    }

    /** The schedule is known since then. */
    Scene scheduledSince(String app, Instant since) {
        schedules.put(DesiredCron.id(ResourceId.app(app), "prune"), since);
        return this;
    }

    private static List<ResourceId> ids(String... apps) {
        return Stream.of(apps).map(ResourceId::app).toList();
    }

    static DesiredApp adopting(DesiredApp a) {
        return a.edit().adopts("legacy").make();
    }

    /** A container named legacy that the scene's apps may adopt. */
    Scene legacy(boolean running, @Nullable String instance) {
        foreign.add(
                new ForeignContainer(new ContainerId("f".repeat(64)), "legacy", running, instance));
        return this;
    }

    static DesiredApp recreate(DesiredApp a) {
        return a.edit().rollout(App.Strategy.RECREATE, a.drain()).make();
    }

    public Scene route(String host, String path, ResourceId owner, DesiredRoute.Destination to) {
        routes.add(new DesiredRoute(owner, new Location("domains.yaml", 1, 1), host, path, to));
        return this;
    }

    Scene policy(String host, Policy policy) {
        routes.replaceAll(route -> route.host().equals(host) ? route.with(policy) : route);
        return this;
    }

    Scene redirect(String name, String host, String toHost) {
        return route(host, "/", new ResourceId(Kind.Domain, name), new DesiredRoute.ToHost(toHost));
    }

    public Scene held(String app) {
        held.add(ResourceId.app(app));
        return this;
    }

    Scene pruneHold(String because) {
        pruneHold = because;
        return this;
    }

    Scene maxDeletes(int most) {
        maxDeletes = most;
        return this;
    }

    /** The Instance confirms that these are to be deleted. */
    Scene confirmed(String... ids) {
        confirmed.addAll(List.of(ids));
        return this;
    }

    /** A volume that an app has or had. */
    Scene volume(String app, String name, App.DeletionPolicy policy) {
        VolumeId id = new VolumeId(ResourceId.app(app), name);
        volumes.add(new VolumeView(ObjectNames.volume(INSTANCE, id.app(), name), id));
        if (policy == App.DeletionPolicy.Delete) {
            deletable.add(id);
        }
        return this;
    }

    static ContainerTemplate withVolume(ContainerTemplate t, String app, String name) {
        return t.edit()
                .mounts(
                        new TreeMap<>(
                                Map.of(
                                        "/data",
                                        ObjectNames.volume(INSTANCE, ResourceId.app(app), name))))
                .make();
    }

    /** An app of which nothing is there but its network. */
    Scene emptied(String app) {
        ResourceId id = ResourceId.app(app);
        networks.put(id, ObjectNames.network(INSTANCE, id));
        return this;
    }

    /** Of the app's releases, the one with that template was ready last. */
    Scene wasReady(String app, ContainerTemplate template) {
        past.put(ResourceId.app(app), new PastReleases(release(template, 1), null));
        return this;
    }

    /** And it served last, with so many containers. */
    public Scene servedLast(String app, ContainerTemplate template, int replicas) {
        KnownRelease release = release(template, replicas);
        past.put(ResourceId.app(app), new PastReleases(release, release));
        return this;
    }

    private static KnownRelease release(ContainerTemplate template, int replicas) {
        return new KnownRelease(
                releaseOf(template),
                template.image(),
                REVISION.commit(),
                NOW.minusSeconds(600),
                new TreeMap<>(Map.of("web", template)),
                new TreeMap<>(Map.of("web", replicas)));
    }

    /** Somebody removes containers; the edge does not know yet. */
    public Scene removed(ContainerView... gone) {
        containers.removeAll(List.of(gone));
        return this;
    }

    /** A running container of an app's web process, with its network. */
    public ContainerView live(String app, ContainerTemplate template, int slot) {
        return live(app, template, slot, running());
    }

    static ContainerView.State running() {
        return new ContainerView.Running(NOW, ContainerView.Health.NONE, 0);
    }

    private static String releaseOf(ContainerTemplate template) {
        return Release.idOf(new TreeMap<>(Map.of("web", template)));
    }

    public ContainerView live(
            String app, ContainerTemplate template, int slot, ContainerView.State state) {
        ResourceId id = ResourceId.app(app);
        String network = ObjectNames.network(INSTANCE, id);
        networks.put(id, network);
        String release = releaseOf(template);
        int number = containers.size() + 1;
        ContainerView view =
                new ContainerView(
                        new ContainerId("%012d".formatted(number)),
                        ObjectNames.container(INSTANCE, id, "web", release, slot, 1),
                        id,
                        "web",
                        slot,
                        template.hash().text(),
                        template,
                        release,
                        "",
                        state,
                        new TreeMap<>(Map.of(network, "172.20.0." + number)),
                        null,
                        new ContainerView.Actual(
                                template.memoryBytes(), template.cpuMillis(), Drift.RESTART_POLICY),
                        NOW.minusSeconds(1000L - number),
                        List.of());
        containers.add(view);
        return view;
    }

    /** The container says that its app depends on others. */
    ContainerView madeNeeding(ContainerView c, String... others) {
        ContainerView needing = like(c, c.state(), c.addresses(), ids(others));
        replace(c, needing);
        return needing;
    }

    /** The container keeps exiting, and is about to be started again. */
    Scene falls(ContainerView c) {
        return replace(c, like(c, new ContainerView.Restarting(1, 3), Map.of(), c.dependsOn()));
    }

    private static ContainerView like(
            ContainerView c,
            ContainerView.State state,
            Map<String, String> addresses,
            List<ResourceId> dependsOn) {
        return new ContainerView(
                c.id(),
                c.name(),
                c.owner(),
                c.process(),
                c.slot(),
                c.specHash(),
                c.template(),
                c.release(),
                c.revision(),
                state,
                new TreeMap<>(addresses),
                c.publishedPort(),
                c.actual(),
                c.createdAt(),
                dependsOn);
    }

    Scene replace(ContainerView old, ContainerView changed) {
        containers.set(containers.indexOf(old), changed);
        return this;
    }

    /** Has the edge serve an app's default host from containers. */
    public Scene serve(String app, ContainerView... backends) {
        ResourceId id = ResourceId.app(app);
        served.addAll(
                RouteResolver.toContainers(
                        id,
                        List.of(
                                new DesiredRoute(
                                        id,
                                        new Location("x", 1, 1),
                                        app + ".localhost",
                                        "/",
                                        new DesiredRoute.ToApp(id, "web"))),
                        List.of(backends),
                        ObjectNames.network(INSTANCE, id)));
        return this;
    }

    Scene serves(Route route) {
        served.add(route);
        return this;
    }

    Scene published(String app, String directoryId) {
        sites.put(ResourceId.app(app), Map.of(directoryId, "/sites/" + app + "/" + directoryId));
        return this;
    }

    /** The edge has open streams to the container. */
    Scene streams(ContainerView container) {
        streaming.put(container.id().shortId(), 1);
        return this;
    }

    /** No request has come for the app for so long. */
    Scene idle(String app, Duration time) {
        idle.put(app, time);
        return this;
    }

    /** A request came for the sleeping app. */
    Scene wake(String app) {
        wake.add(app);
        return this;
    }

    /** The app's default host sleeps. */
    public Scene asleep(String app) {
        ResourceId id = ResourceId.app(app);
        served.addAll(
                RouteResolver.toSleep(
                        id,
                        List.of(
                                new DesiredRoute(
                                        id,
                                        new Location("x", 1, 1),
                                        app + ".localhost",
                                        "/",
                                        new DesiredRoute.ToApp(id, "web")))));
        return this;
    }

    public Scene edgeUnknown() {
        edgeKnown = false;
        return this;
    }

    /** The app's wanted generation failed for good. */
    public Scene stalled(String app, String message) {
        return failed(app, 1, Instant.MAX, message);
    }

    /** The app's wanted generation failed twice and will be tried again. */
    public Scene failedForNow(String app, String message) {
        return failed(app, 2, NOW.plus(Duration.ofHours(1)), message);
    }

    /** The app was repaired often, and is left alone for a while. */
    Scene repairedOften(String app) {
        ResourceId id = ResourceId.app(app);
        failures.put(
                id,
                FailedAttempt.onlyHeld(
                        new FailedAttempt(
                                generationOf(id),
                                4,
                                NOW.plusSeconds(54),
                                ReasonCode.ProgressingWithRetry,
                                "what was repaired is broken again")));
        return this;
    }

    /** The app was repaired so often that it is said to flap, and is left alone for a while. */
    public Scene flapping(String app) {
        ResourceId id = ResourceId.app(app);
        failures.put(
                id,
                FailedAttempt.onlyHeld(
                        new FailedAttempt(
                                generationOf(id),
                                5,
                                NOW.plusSeconds(162),
                                ReasonCode.Flapping,
                                "what was repaired is broken again")));
        return this;
    }

    /** The app failed like that. */
    public Scene failed(String app, FailedAttempt how) {
        failures.put(ResourceId.app(app), how);
        return this;
    }

    private Scene failed(String app, int attempts, Instant retryAt, String message) {
        ResourceId id = ResourceId.app(app);
        failures.put(
                id,
                new FailedAttempt(
                        generationOf(id),
                        attempts,
                        retryAt,
                        ReasonCode.HealthCheckFailed,
                        message));
        return this;
    }

    /** What the app's document says, as its failures are remembered. */
    String generation(String app) {
        return generationOf(ResourceId.app(app));
    }

    private String generationOf(ResourceId id) {
        DesiredApp desired = apps.get(id);
        if (desired == null) {
            throw new IllegalStateException("declare the app first");
        }
        return desired.generation().text();
    }

    public DesiredState.Known desired() {
        return new KnownOf()
                .instance(
                        INSTANCE,
                        new SettingsOf()
                                .prune(new Instance.Prune(maxDeletes, confirmed))
                                .edge(edge)
                                .make())
                .revision(REVISION)
                .apps(apps)
                .routes(routes)
                .held(held)
                .pruneHold(pruneHold)
                .jobs(jobs)
                .deletable(deletable)
                .make();
    }

    /** What the Instance says of proxies before the edge. */
    public Scene edge(Instance.Edge wanted) {
        edge = wanted;
        return this;
    }

    /** Whom the edge believes. */
    public Scene believing(FrontProxies proxies) {
        front = proxies;
        return this;
    }

    public Observation live() {
        return new Observation.Known(
                new LiveState(
                        containers,
                        networks,
                        sites,
                        edgeKnown
                                ? new ServedRoutes.Table(
                                        new RouteTable(served, front),
                                        new EdgeActivity(streaming, streaming, idle, wake))
                                : new ServedRoutes.NotKnown("the edge is not connected"),
                        failures,
                        volumes,
                        runs,
                        schedules,
                        foreign,
                        startedJobs,
                        past));
    }

    public Plan plan() {
        return Planner.plan(desired(), live(), NOW);
    }
}
