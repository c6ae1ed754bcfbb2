package dev.berth.reconciler.semantics;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.ReconcileLoop;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.RepoLooks;
import dev.berth.reconciler.Watchdog;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.cleanup.CleanupPlanner;
import dev.berth.reconciler.cleanup.ImageNotes;
import dev.berth.reconciler.cleanup.work.Cleaner;
import dev.berth.reconciler.cleanup.work.NotesStore;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.GatedEngine;
import dev.berth.reconciler.lease.FakeLeaseStore;
import dev.berth.reconciler.lease.FencedTraffic;
import dev.berth.reconciler.lease.LeaseKeeper;
import dev.berth.reconciler.lease.LeaseTimes;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.simulation.VirtualTime;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.LookAside;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.trigger.EngineWatch;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whole controls over one engine, one repo and one database, in virtual time. */
final class Controls {
    static final String INSTANCE = "home";
    private static final Set<String> STAMPING = Set.of("stampEpoch", "removeEpoch");
    private static final Set<String> LISTING = Set.of("epochs", "volumes");

    final VirtualTime time;
    final FakeEngine engine;
    final FakeLeaseStore database;
    final List<Write> writes = new ArrayList<>();

    /** What the next commit has beside the Instance and {@code shop}. */
    final Map<String, String> files = new TreeMap<>();

    /** Who makes the next commit. */
    String author = "Ann";

    /** Spec of the Instance of the next commit. */
    String settings = "{}";

    LastGood lastGood = LastGood.none();
    AgeKeys keys = AgeKeys.none();
    private final List<Control> all = new ArrayList<>();
    private final Map<String, Memory> memories = new HashMap<>();
    int remembered;
    Duration repoHangs = Duration.ZERO;

    /** How long the repo takes to answer. */
    Duration repoTakes = Duration.ZERO;

    /** How slow the stamps are, on the way there and back; {@code null} = not at all. */
    @Nullable Random slow;

    /** How long the engine takes to list volumes, stamps among them. */
    Duration listsIn = Duration.ZERO;

    /** Homes whose engine lets every write pass: a mistake made on purpose. */
    final Set<String> openFences = new HashSet<>();

    /** What a look at the stamps ends with; {@code null} = with the stamps. */
    @Nullable Error bug;

    /** The call to the engine that gets no answer; {@code null} = all do. */
    @Nullable String hangs;

    /** Where files of sites are written. */
    Path sitesAt = Path.of("/nonexistent/berth-sites");

    /** How often it was made. */
    int hung;

    /** Whether controls that are started from now on clean up. */
    boolean cleans;

    /** What they remember of images. */
    private final NotesStore notes = new Notes();

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
        push(shop);
        all.forEach(Control::lookEnded);
    }

    /** A commit that only one is told of; the others see it when they look. */
    void commit(String shop, Control told) {
        push(shop);
        told.lookEnded();
    }

    private void push(String shop) {
        commits++;
        files.put(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: %s
                ---
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec: %s
                """
                        .formatted(settings, shop));
    }

    Control start(String home) {
        return start(home, database);
    }

    Control start(String home, FakeLeaseStore own) {
        Control control = new Control(home, own);
        all.add(control);
        control.loop.start();
        control.watchdog.start();
        if (cleans) {
            control.cleaner.start();
        }
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

    private static final class Notes implements NotesStore {
        private ImageNotes notes = ImageNotes.NONE;

        @Override
        public ImageNotes recall() {
            return notes;
        }

        @Override
        public void remember(ImageNotes now) {
            notes = now;
        }
    }

    private SourceReading read(Clockwork clock) {
        if (repoTakes.isPositive()) {
            return readSlowly(clock);
        }
        Duration hangs = repoHangs;
        if (hangs.isPositive()) {
            try {
                clock.sleep(hangs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new SourceReading.Stale(revision(), VirtualTime.tree(files), "no answer");
        }
        return new SourceReading.Fresh(revision(), VirtualTime.tree(files));
    }

    /** It shows what was there when it was asked. */
    private SourceReading readSlowly(Clockwork clock) {
        SourceReading then =
                new SourceReading.Fresh(revision(), VirtualTime.tree(Map.copyOf(files)));
        try {
            clock.sleep(repoTakes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return then;
    }

    private Revision revision() {
        return new Revision("main", "%040x".formatted(commits), author, Instant.EPOCH);
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
        final VirtualTime.Machine process;
        final FakeTraffic traffic;
        final LeaseKeeper keeper;
        final Reconciler reconciler;
        final ReconcileLoop loop;
        final Clockwork clock;
        final Watchdog watchdog;
        final Cleaner cleaner;

        /** Does not run unless a test starts it. */
        final EngineWatch watch;

        @Nullable PassReport newest;
        final List<PassReport> reports = new ArrayList<>();
        int passes;
        Duration lastReport = Duration.ZERO;
        Duration longestSilence = Duration.ZERO;
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
            GatedEngine.Gate fence = openFences.contains(home) ? () -> {} : keeper::check;
            ContainerEngine fenced = paused(new GatedEngine(reached(engine), fence));
            cleaner =
                    new Cleaner(
                            new Cleaner.Means(fenced, notes, Optional::empty, CleanupPlanner::plan),
                            Cleaner.Times.USUAL,
                            clock);
            FencedTraffic edge = new FencedTraffic(traffic, keeper);
            Trees trees = new Trees();
            Vault vault = Vault.ofThisProcess(clock);
            Registries registries = new Registries(vault);
            SiteStore sites = new SiteStore(sitesAt, clock);
            Failures failures = new Failures(n -> Duration.ofSeconds(1L << n));
            StartedJobs jobs = new StartedJobs();
            RepoLooks looks =
                    new RepoLooks(
                            new LookAside(() -> read(clock), this::lookEnded, clock),
                            (interval, _) -> interval,
                            clock);
            reconciler =
                    new Reconciler(
                            looks,
                            trees,
                            new DesiredStateLoader(
                                    repo -> new SourceReading.Unavailable("no repo " + repo),
                                    lastGood,
                                    () -> keys,
                                    vault),
                            new LiveStateReader(
                                    fenced,
                                    edge::served,
                                    sites::published,
                                    failures::standing,
                                    jobs::all),
                            new Converger(
                                    fenced,
                                    edge,
                                    new ImageBuilder(
                                            fenced,
                                            trees,
                                            vault,
                                            registries,
                                            Queues.ofNobody(clock),
                                            cleaner.shelf(),
                                            clock),
                                    sites,
                                    clock,
                                    vault),
                            failures,
                            new Reconciler.Tenure(
                                    keeper,
                                    memory(home),
                                    jobs,
                                    Ledgers.inMemory(),
                                    cleaner,
                                    registries,
                                    _ -> {},
                                    Reconciler.Tls.NONE),
                            Planner::plan,
                            8080,
                            clock);
            loop = new ReconcileLoop(reconciler, this::report, clock);
            watchdog = new Watchdog(looks, this::amend, clock);
            watch = new EngineWatch(fenced, reconciler::instance, loop::wake, clock);
        }

        /** The database tells what was before. */
        void remember(PassReport last) {
            reconciler.remember(last);
            loop.wake(new Trigger.HistoryRead());
        }

        private void amend(UnaryOperator<PassReport> amendment) {
            newest = newest == null ? null : amendment.apply(newest);
        }

        private void report(PassReport report) {
            newest = report;
            reports.add(report);
            passes++;
            longestSilence = longer(longestSilence, time.now().minus(lastReport));
            lastReport = time.now();
        }

        private static Duration longer(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? other : one;
        }

        private void lookEnded() {
            loop.wake(new Trigger.RepoChanged("the config repo"));
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

        private void linger(boolean stamps) throws InterruptedException {
            if (slow != null && stamps) {
                clock.sleep(Duration.ofMillis(slow.nextInt(4000)));
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

        /** As an engine that does not answer: each call ends at the deadline it has. */
        private void hang(Duration deadline) throws Transient {
            hung++;
            try {
                clock.sleep(deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Transient(ReasonCode.Superseded, "interrupted", e);
            }
            throw new Transient(ReasonCode.EngineUnavailable, "no answer in time");
        }

        private static Duration deadline(String call, Object[] arguments) {
            if (call.equals("pruneBuildCache")) { // what it is given is an age
                return Duration.ofMinutes(10);
            }
            Duration given =
                    Stream.of(arguments)
                            .filter(Duration.class::isInstance)
                            .map(Duration.class::cast)
                            .findFirst()
                            .orElse(Duration.ZERO);
            return given.plusSeconds(writesWith(call) ? 60 : 20);
        }

        private ContainerEngine paused(ContainerEngine to) {
            return proxy(to, _ -> {}, _ -> true);
        }

        private ContainerEngine proxy(
                ContainerEngine to, Consumer<String> before, Predicate<String> pauses) {
            return (ContainerEngine)
                    Proxy.newProxyInstance(
                            ContainerEngine.class.getClassLoader(),
                            new Class<?>[] {ContainerEngine.class},
                            (_, method, arguments) -> {
                                boolean stamps =
                                        pauses.test(method.getName())
                                                || method.getName().equals("epochs");
                                if (stamps) {
                                    stopped();
                                }
                                before.accept(method.getName());
                                if (bug != null && method.getName().equals("epochs")) {
                                    throw bug;
                                }
                                if (method.getName().equals(hangs)) {
                                    hang(
                                            deadline(
                                                    method.getName(),
                                                    arguments == null ? new Object[0] : arguments));
                                }
                                if (to == engine && LISTING.contains(method.getName())) {
                                    clock.sleep(listsIn);
                                }
                                try {
                                    linger(stamps);
                                    Object answer = method.invoke(to, arguments);
                                    linger(stamps);
                                    return answer;
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
                        "putFiles",
                        "removeImage",
                        "pruneBuildCache")
                .contains(call);
    }

    /** The files of the newest commit, whatever the pin. */
    private final class Trees implements PinnedTrees {
        @Override
        public ConfigTree open(SourcePin pin) {
            return VirtualTime.tree(files);
        }

        @Override
        public void retain(Collection<SourcePin> inUse) {}
    }
}
