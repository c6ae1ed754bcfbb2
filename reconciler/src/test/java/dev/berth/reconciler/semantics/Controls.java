package dev.berth.reconciler.semantics;

import dev.berth.reconciler.ReconcileLoop;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.lease.FakeLeaseStore;
import dev.berth.reconciler.lease.FencedEngine;
import dev.berth.reconciler.lease.FencedTraffic;
import dev.berth.reconciler.lease.LeaseKeeper;
import dev.berth.reconciler.lease.LeaseTimes;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.simulation.VirtualTime;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whole controls over one engine, one repo and one database, in virtual time. */
final class Controls {
    static final String INSTANCE = "home";
    private static final Set<String> STAMPING = Set.of("stampEpoch", "removeEpoch");

    final VirtualTime time;
    final FakeEngine engine;
    final FakeLeaseStore database;
    final List<Write> writes = new ArrayList<>();
    private final Map<String, String> files = new TreeMap<>();
    private final List<Control> all = new ArrayList<>();
    private final Map<String, Memory> memories = new HashMap<>();
    int remembered;
    private int commits;

    Controls(long seed) {
        time = new VirtualTime(seed);
        Clockwork world = time.process("world").clock();
        engine = new FakeEngine(world);
        database = new FakeLeaseStore(world);
    }

    /** A write that reached the engine; stamps are none. */
    record Write(String home, String call, Duration at) {}

    void commit(String shop) {
        commits++;
        files.put(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: {}
                ---
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec: %s
                """
                        .formatted(shop));
        all.forEach(control -> control.loop.wake(new Trigger.RepoChanged("the config repo")));
    }

    Control start(String home) {
        return start(home, database);
    }

    Control start(String home, FakeLeaseStore own) {
        Control control = new Control(home, own);
        all.add(control);
        control.loop.start();
        return control;
    }

    /** What a home remembers, in memory. */
    private Recollection memory(String home) {
        return new Recollection() {
            @Override
            public Memory recall() {
                return memories.getOrDefault(home, Memory.EMPTY);
            }

            @Override
            public void remember(Memory memory) {
                memories.put(home, memory);
                remembered++;
            }
        };
    }

    private SourceReading read() {
        return new SourceReading.Fresh(
                new Revision("main", "%040x".formatted(commits), "Ann", Instant.EPOCH),
                VirtualTime.tree(files));
    }

    /** Those who would be let write now. */
    List<String> writers() {
        return all.stream()
                .filter(c -> !c.process.killed() && c.keeper.now() instanceof Standing.Writer)
                .map(c -> c.home)
                .toList();
    }

    /** One process. */
    final class Control {
        final String home;
        final VirtualTime.Process process;
        final FakeTraffic traffic;
        final LeaseKeeper keeper;
        final Reconciler reconciler;
        final ReconcileLoop loop;
        final Clockwork clock;
        @Nullable PassReport newest;
        private Duration pausedUntil = Duration.ZERO;

        private Control(String home, FakeLeaseStore store) {
            this.home = home;
            process = time.process(home);
            clock = process.clock();
            traffic = new FakeTraffic(clock);
            keeper =
                    new LeaseKeeper(
                            home, store, reached(engine), LeaseTimes.USUAL, this::wake, clock);
            // it stops in front of the fence
            ContainerEngine fenced = paused(new FencedEngine(reached(engine), keeper));
            FencedTraffic edge = new FencedTraffic(traffic, keeper);
            NoTrees trees = new NoTrees();
            SiteStore sites = new SiteStore(Path.of("/nonexistent/berth-sites"), trees, clock);
            Failures failures = new Failures(n -> Duration.ofSeconds(1L << n));
            StartedJobs jobs = new StartedJobs();
            reconciler =
                    new Reconciler(
                            Controls.this::read,
                            trees,
                            new DesiredStateLoader(
                                    repo -> new SourceReading.Unavailable("no repo " + repo),
                                    LastGood.none()),
                            new LiveStateReader(
                                    fenced,
                                    edge::served,
                                    sites::published,
                                    failures::standing,
                                    jobs::all),
                            new Converger(
                                    fenced,
                                    edge,
                                    new ImageBuilder(fenced, trees, clock),
                                    sites,
                                    clock),
                            failures,
                            (interval, _) -> interval,
                            new Reconciler.Tenure(keeper, memory(home), jobs),
                            8080,
                            clock);
            loop = new ReconcileLoop(reconciler, report -> newest = report, clock);
        }

        /** The database tells what was before. */
        void remember(PassReport last) {
            reconciler.remember(last);
            loop.wake(new Trigger.HistoryRead());
        }

        private void wake() {
            loop.wake(new Trigger.StandingChanged());
        }

        /** All its threads stop for so long in front of their next call. */
        void pause(Duration forSoLong) {
            pausedUntil = time.now().plus(forSoLong);
        }

        private void stopped() throws InterruptedException {
            VirtualTime.yieldPoint();
            while (time.now().compareTo(pausedUntil) < 0) {
                clock.sleep(pausedUntil.minus(time.now()));
            }
        }

        /** The engine, as this process reaches it. */
        private ContainerEngine reached(ContainerEngine to) {
            return proxy(
                    to,
                    call -> {
                        if (!STAMPING.contains(call) && writesWith(call)) {
                            writes.add(new Write(home, call, time.now()));
                        }
                    },
                    STAMPING::contains);
        }

        private ContainerEngine paused(ContainerEngine to) {
            return proxy(to, _ -> {}, _ -> true);
        }

        private ContainerEngine proxy(
                ContainerEngine to,
                Consumer<String> before,
                Predicate<String> pauses) {
            return (ContainerEngine)
                    Proxy.newProxyInstance(
                            ContainerEngine.class.getClassLoader(),
                            new Class<?>[] {ContainerEngine.class},
                            (_, method, arguments) -> {
                                if (pauses.test(method.getName())
                                        || method.getName().equals("epochs")) {
                                    stopped();
                                }
                                before.accept(method.getName());
                                try {
                                    return method.invoke(to, arguments);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
        }
    }

    private static boolean writesWith(String call) {
        return Set.of(
                        "createContainer",
                        "createRun",
                        "startContainer",
                        "stopContainer",
                        "removeContainer",
                        "ensureNetwork",
                        "ensureVolume",
                        "removeNetwork",
                        "removeVolume",
                        "pullImage",
                        "putFiles")
                .contains(call);
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
}
