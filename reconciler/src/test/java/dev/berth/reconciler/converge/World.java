package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCommand;
import dev.berth.reconciler.desired.DesiredProcess;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.KnownOf;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.desired.SettingsOf;
import dev.berth.reconciler.desired.SpecHash;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The spine with fakes at its rim: what is declared, an engine, an edge, and passes between them.
 */
final class World {
    static final String INSTANCE = "home";
    static final ResourceId SHOP = ResourceId.app("shop");
    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    final FakeEngine engine = new FakeEngine(InstantSource.system());
    final FakeTraffic traffic = new FakeTraffic();
    private final SiteStore sites;
    private Failures failures = new Failures(_ -> Duration.ZERO);
    private Converger converger;
    private boolean hurried;
    private final ShiftedClockwork clockwork = new ShiftedClockwork();
    private final TreeMap<ResourceId, DesiredApp> apps = new TreeMap<>();
    private final List<DesiredRoute> routes = new ArrayList<>();
    private final List<String> confirmed = new ArrayList<>();
    private final Set<VolumeId> deletable = new HashSet<>();

    World(Path directory) {
        sites = new SiteStore(directory, InstantSource.system());
        converger = newConverger();
    }

    /** Nothing is built or published here. */
    private static final class NoTrees implements PinnedTrees {
        @Override
        public ConfigTree open(SourcePin pin) {
            throw new IllegalStateException("no trees here: " + pin);
        }

        @Override
        public void retain(Collection<SourcePin> inUse) {}
    }

    private Converger newConverger() {
        return new Converger(
                engine,
                traffic,
                new ImageBuilder(engine, new NoTrees(), Queues.ofNobody(clockwork), clockwork),
                sites,
                clockwork);
    }

    /** So much time passes. */
    void later(Duration time) {
        clockwork.pass(time);
    }

    /** The wall clock is set, forth or back by so much, whenever somebody looks at it. */
    void clockRuns(Duration by) {
        clockwork.jumpAtEachLook(by);
    }

    /** From now on work is given up at its first wait for a container, as for a newer commit. */
    void hurried() {
        hurried = true;
    }

    /** From now on work is left to end. */
    void unhurried() {
        hurried = false;
    }

    /** Control dies and comes back: nothing in memory survives. */
    void restartControl() {
        failures = new Failures(_ -> Duration.ZERO);
        converger = newConverger();
    }

    static ContainerTemplate template(String image) {
        return template(image, 3000);
    }

    static ContainerTemplate template(String image, @Nullable Integer port) {
        return new ContainerTemplate.Draft(image).port(port, null).make();
    }

    World declare(String name, ContainerTemplate template, int replicas) {
        return declare(name, template, replicas, App.Strategy.BLUEGREEN, false);
    }

    World declare(
            String name,
            ContainerTemplate template,
            int replicas,
            App.Strategy strategy,
            boolean suspended) {
        return declare(name, template, replicas, strategy, suspended, Readiness.DEFAULT);
    }

    /** One container that has to prove itself. */
    World declare(String name, ContainerTemplate template, Readiness readiness) {
        return declare(name, template, 1, App.Strategy.BLUEGREEN, false, readiness);
    }

    private World declare(
            String name,
            ContainerTemplate template,
            int replicas,
            App.Strategy strategy,
            boolean suspended,
            Readiness readiness) {
        forget(name);
        ResourceId id = ResourceId.app(name);
        if (template.port() != null) {
            route(id, name);
        }
        Workload workload =
                new Workload.Containers(
                        new ImageSource.Prebuilt(template.image()),
                        new TreeMap<>(
                                Map.of("web", new DesiredProcess(template, replicas, readiness))));
        apps.put(
                id,
                new DesiredApp.Draft(
                                id,
                                new Location("apps.yaml", 1, 1),
                                SpecHash.of(new Generation(template.hash() + " " + replicas)),
                                workload,
                                "c0ffee")
                        .suspended(suspended)
                        .rollout(strategy, Duration.ofSeconds(1))
                        .make());
        return this;
    }

    private void route(ResourceId id, String name) {
        routes.add(
                new DesiredRoute(
                        id,
                        new Location("apps.yaml", 1, 1),
                        name + ".localhost",
                        "/",
                        new DesiredRoute.ToApp(id, "web")));
    }

    /** The declared app sleeps after that time without a request. */
    World sleepy(String name, Duration after) {
        return edit(name, app -> app.edit().sleepAfter(after));
    }

    /** The declared app depends on another. */
    World needing(String name, String other) {
        return edit(name, app -> app.edit().dependsOn(List.of(ResourceId.app(other))));
    }

    /** The declared app takes over from a container. */
    World adopting(String name, String container) {
        return edit(name, app -> app.edit().adopts(container));
    }

    /** The declared app runs a command before each release. */
    World migrating(String name, String... words) {
        return edit(
                name,
                app ->
                        app.edit()
                                .generation(
                                        SpecHash.of(
                                                new Generation(
                                                        app.generation()
                                                                + String.join(" ", words))))
                                .release(
                                        new DesiredCommand(
                                                firstTemplate(app).running(List.of(words)),
                                                Duration.ofMinutes(1))));
    }

    private World edit(String name, Function<DesiredApp, DesiredApp.Draft> change) {
        apps.computeIfPresent(ResourceId.app(name), (_, app) -> change.apply(app).make());
        return this;
    }

    private static ContainerTemplate firstTemplate(DesiredApp app) {
        return switch (app.workload()) {
            case Workload.Containers(_, var processes) ->
                    processes.firstEntry().getValue().template();
            case Workload.Files _ -> throw new IllegalArgumentException("a site runs nothing");
        };
    }

    List<RunView> runs() {
        try {
            return engine.runs(INSTANCE);
        } catch (ReconcileException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The Instance confirms that it is to be deleted. */
    World confirm(VolumeId volume) {
        confirmed.add(volume.toString());
        return this;
    }

    /** The document that last declared it says deletionPolicy: Delete. */
    World deletable(VolumeId volume) {
        deletable.add(volume);
        return this;
    }

    /** True when the next pass is due at once. */
    boolean goesOn() {
        return failures.nextRetry(converger::busy)
                .filter(at -> !at.isAfter(Instant.now()))
                .isPresent();
    }

    private record Generation(String text) {}

    World forget(String name) {
        apps.remove(ResourceId.app(name));
        routes.removeIf(r -> r.owner().equals(ResourceId.app(name)));
        return this;
    }

    DesiredState.Known desired() {
        return desired(apps, routes);
    }

    private DesiredState.Known nothing() {
        return desired(new TreeMap<>(), List.of());
    }

    private DesiredState.Known desired(
            SortedMap<ResourceId, DesiredApp> apps, List<DesiredRoute> routes) {
        return new KnownOf()
                .instance(
                        INSTANCE, new SettingsOf().prune(new Instance.Prune(100, confirmed)).make())
                .revision(new Revision("main", "c0ffee00".repeat(5), "Ada <ada@example.com>", NOW))
                .apps(apps)
                .routes(routes)
                .deletable(deletable)
                .make();
    }

    Plan plan() {
        return Planner.plan(
                desired(),
                converger.seen(
                        new LiveStateReader(
                                        engine,
                                        traffic::served,
                                        sites::published,
                                        () -> failures.standing())
                                .observe(INSTANCE, desired().adopted())),
                Instant.now());
    }

    Outcomes pass() {
        return carryOut(plan());
    }

    /** A pass that waits for nothing it begins. */
    Outcomes glance() {
        return glance(() -> Duration.ZERO);
    }

    /** A pass that waits for what it begins as long as that. */
    Outcomes glance(Converger.Attention attention) {
        failures.learn(converger.look(), Instant.now());
        Outcomes outcomes = glanceAt(plan(), attention);
        failures.learn(desired(), outcomes, Instant.now());
        return outcomes;
    }

    /** A pass while nothing can be seen. */
    Outcomes blindPass() {
        failures.learn(converger.look(), Instant.now());
        return glanceAt(
                Planner.plan(
                        desired(),
                        new Observation.Unknown("the engine does not answer"),
                        Instant.now()),
                () -> Duration.ZERO);
    }

    private Outcomes glanceAt(Plan plan, Converger.Attention attention) {
        try {
            return converger.converge(INSTANCE, plan, attention);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How often in a row the work on an app failed. */
    int attempts(String app) {
        FailedAttempt failed = failures.standing().get(ResourceId.app(app));
        return failed == null ? 0 : failed.attempts();
    }

    /** When something that failed is tried again. */
    Optional<Instant> nextRetry() {
        return failures.nextRetry(_ -> false);
    }

    /** What goes on has ended. */
    boolean rests() {
        return converger.idle();
    }

    /** A pass whose plan was made before. */
    Outcomes carryOut(Plan plan) {
        Outcomes outcomes;
        if (hurried) {
            engine.faults().afterNext(EngineCall.CONTAINER, _ -> converger.preempt(nothing()));
        }
        try {
            outcomes = converger.converge(INSTANCE, plan);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        failures.learn(desired(), outcomes, Instant.now());
        return outcomes;
    }

    /** What should not be there; the network of a declared app may be empty for a while. */
    List<String> orphansAndDoubles() {
        List<String> declared =
                apps.keySet().stream()
                        .map(id -> "orphan network " + ObjectNames.network(INSTANCE, id))
                        .toList();
        return engine.brokenInvariants().stream().filter(b -> !declared.contains(b)).toList();
    }

    List<ContainerView> containers() {
        try {
            return engine.containers(INSTANCE);
        } catch (ReconcileException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Images of the containers that an app's default host is served from. */
    List<String> servedImages(String app) {
        List<String> images = new ArrayList<>();
        for (Route route : traffic.table().ownedBy(ResourceId.app(app))) {
            if (route.target() instanceof Route.Proxy(var backends)) {
                for (Backend backend : backends) {
                    containers().stream()
                            .filter(c -> c.id().shortId().equals(backend.container()))
                            .filter(ContainerView::running)
                            .forEach(c -> images.add(String.valueOf(imageOf(c))));
                }
            }
        }
        return images;
    }

    private static @Nullable String imageOf(ContainerView container) {
        ContainerTemplate template = container.template();
        return template == null ? null : template.image();
    }
}
