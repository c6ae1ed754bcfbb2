package dev.berth.liberty;

import dev.berth.reconciler.ReconcileLoop;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.RepoLooks;
import dev.berth.reconciler.Watchdog;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.build.kept.BuildStore;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.build.queue.BuildBook;
import dev.berth.reconciler.build.queue.BuildQueue;
import dev.berth.reconciler.certificate.CertificateKeeper;
import dev.berth.reconciler.cleanup.CleanupPlanner;
import dev.berth.reconciler.cleanup.work.Cleaner;
import dev.berth.reconciler.cleanup.work.ImageNotesFile;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGoodFile;
import dev.berth.reconciler.desired.ReadBefore;
import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.disk.Disks;
import dev.berth.reconciler.engine.DockerEngine;
import dev.berth.reconciler.engine.GatedEngine;
import dev.berth.reconciler.feedback.Feedback;
import dev.berth.reconciler.feedback.Links;
import dev.berth.reconciler.foresight.Foresight;
import dev.berth.reconciler.forge.ForgeOutbox;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Forges;
import dev.berth.reconciler.lease.FencedTraffic;
import dev.berth.reconciler.lease.HomeLock;
import dev.berth.reconciler.lease.LeaseKeeper;
import dev.berth.reconciler.lease.LeaseStore;
import dev.berth.reconciler.lease.LeaseTimes;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.MemoryFile;
import dev.berth.reconciler.notify.Watch;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.preview.PullBook;
import dev.berth.reconciler.preview.PullWatch;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretRoom;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.AppRepositories;
import dev.berth.reconciler.source.Credentials;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.HomeKeys;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.LookAside;
import dev.berth.reconciler.source.OwnerKeys;
import dev.berth.reconciler.source.RefWatcher;
import dev.berth.reconciler.source.RemoteRefs;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.VerifiedSource;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.status.Storage;
import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.reconciler.trigger.EngineWatch;
import dev.berth.reconciler.trigger.PollTimer;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.reconciler.webhook.PullHint;
import dev.berth.reconciler.webhook.RepoHint;
import dev.berth.reconciler.webhook.Subscriptions;
import dev.berth.reconciler.webhook.kept.ForgeFault;
import dev.berth.reconciler.webhook.kept.WebhookSetup;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reconciler with its adapters, put together and running: Git on one side, the engine and the
 * edge on the other. Here, and in the wiring that it calls, the real implementations are chosen.
 */
public final class ControlProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlProcess.class);

    /** The first pass waits so long for the edge, which starts at the same time. */
    private static final Duration EDGE_PATIENCE = Duration.ofSeconds(10);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final EdgeLink edge;
    private final LongAdder engineWrites = new LongAdder();
    private final GatedEngine engine;
    private final RepoLooks looks;
    private final RepoUrl url;
    private final AppRepositories repositories;
    private final Reconciler reconciler;
    private final ReconcileLoop loop;
    private final Vault vault;
    private final BuildLogs buildLogs;
    private final BuildBook builds;
    private final LeaseKeeper lease;
    private final Watchdog watchdog;
    private final Cleaner cleaner;
    private final PullWatch pulls;
    private final ForgeOutbox posts;
    private final Feedback feedback;
    private final CertificateKeeper certificates;
    private volatile Links links;
    private volatile @Nullable Subscribed subscribed;

    /**
     * Puts the parts together; nothing runs yet.
     *
     * @param leases who may write, as the database has it
     * @param kept the builds of before, likewise
     * @param board gets the report of every pass
     * @throws IllegalStateException if the config repo's URL is none, another process works with
     *     the home, or secrets are kept whose key is not there; the message says what to do
     */
    public ControlProcess(
            Environment environment,
            EdgeLink edge,
            LeaseStore leases,
            BuildStore kept,
            StatusBoard board,
            Clockwork clock) {
        RandomGenerator random =
                new Random(); // shared by threads, which most others are not made for
        Backoff backoff = new Backoff(random);
        PollTimer polls = new PollTimer(Duration.ofSeconds(30), backoff, random);
        url = configUrl(environment);
        Path git = environment.home().resolve("git");
        Credentials.Keyring keyring = HomeKeys.in(environment.home().resolve("keys"));

        HomeLock home = part(HomeLock.take(environment.home()));
        SecretRoom secrets = secrets(environment, clock);
        this.edge = edge;
        this.vault = secrets.vault();
        buildLogs =
                new BuildLogs(
                        environment.home().resolve("builds").resolve("logs"),
                        text -> vault.redactor().clean(text));
        builds =
                part(
                        new BuildBook(
                                kept,
                                buildLogs,
                                home.id(),
                                text -> vault.redactor().clean(text),
                                clock));
        Registries registries =
                new Registries(vault, environment.dockerConfig().resolve("config.json"));
        engine =
                new GatedEngine(
                        part(
                                new DockerEngine(
                                        environment.dockerHost(),
                                        environment.dockerConfig(),
                                        registries,
                                        clock)),
                        engineWrites::increment);
        lease =
                part(
                        new LeaseKeeper(
                                home.id(),
                                leases,
                                engine,
                                LeaseTimes.USUAL,
                                () -> wake(new Trigger.StandingChanged()),
                                clock));
        GatedEngine fenced = new GatedEngine(engine, lease::check);
        FencedTraffic routes = new FencedTraffic(edge, lease);
        JGitSource config =
                part(
                        new JGitSource(
                                git,
                                new JGitSource.Origin(url, null, keyring.credentialsFor(url)),
                                Deadlines.STANDARD,
                                () -> wake(new Trigger.RepoChanged(url.shown()))));
        repositories =
                part(
                        new AppRepositories(
                                new AppRepositories.Settings(
                                        git, keyring, Deadlines.OF_APPS, this::pollInterval),
                                config,
                                clock,
                                () -> wake(new Trigger.RepoChanged("an app's repo"))));
        Forges forges = part(new Forges(vault, clock));
        pulls =
                part(
                        new PullWatch(
                                PullBook.in(environment.home().resolve("pulls.json")),
                                new PullWatch.Surroundings(
                                        forges::of,
                                        new RemoteRefs(keyring, Deadlines.OF_APPS)::list,
                                        environment::config,
                                        this::pollInterval,
                                        () -> wake(new Trigger.RepoChanged("a pull request"))),
                                random,
                                clock));
        certificates =
                part(
                        new CertificateWiring(environment, secrets, random, clock)
                                .keeper(
                                        edge,
                                        lease,
                                        host -> wake(new Trigger.CertificateChanged(host))));
        SiteStore sites = new SiteStore(environment.home().resolve("sites"), clock);
        cleaner =
                part(
                        new Cleaner(
                                new Cleaner.Means(
                                        fenced,
                                        new ImageNotesFile(
                                                environment.home().resolve("images.json")),
                                        () -> Disks.of(environment.home()),
                                        CleanupPlanner::plan),
                                Cleaner.Times.USUAL,
                                clock));
        Failures failures = new Failures(backoff::delay);
        StartedJobs jobs = new StartedJobs();
        MemoryFile memory =
                new MemoryFile(
                        environment.home().resolve("memory.json"),
                        text -> vault.redactor().clean(text));
        looks =
                new RepoLooks(
                        part(
                                new LookAside(
                                        new VerifiedSource(
                                                config,
                                                new SigningRulesReader(secrets.identities()),
                                                new OwnerKeys(environment.home().resolve("keys"))),
                                        () -> wake(new Trigger.RepoChanged(url.shown())),
                                        clock)),
                        (interval, failed) -> polls.withInterval(interval).nextPoll(failed),
                        clock);
        Catalogs images = Catalogs.in(environment.home());
        DesiredStateLoader loader =
                new DesiredStateLoader(
                                repositories,
                                new LastGoodFile(environment.home().resolve("last-good")),
                                secrets.identities(),
                                vault,
                                ReadBefore.ofManyApps(),
                                images)
                        .with(pulls);
        LiveStateReader observer =
                new LiveStateReader(
                        engine, edge::served, sites::published, failures::standing, jobs::all);
        links = Links.of(null, environment.controlPort());
        reconciler =
                new Reconciler(
                        looks,
                        repositories,
                        loader,
                        observer,
                        new Converger(
                                fenced,
                                routes,
                                new ImageBuilder(
                                        fenced,
                                        repositories,
                                        vault,
                                        registries,
                                        new BuildQueue(builds, this::buildsAtOnce),
                                        cleaner.shelf(),
                                        clock),
                                sites,
                                clock,
                                vault),
                        failures,
                        new Reconciler.Tenure(
                                lease,
                                memory,
                                jobs,
                                Ledgers.in(environment.home()),
                                cleaner,
                                registries,
                                settings -> follow(settings, forges, environment),
                                new Reconciler.Tls(environment.tls().port(), certificates)),
                        Planner::plan,
                        environment.httpPort(),
                        clock);
        Consumer<PassReport> clean =
                report -> {
                    PassReport cleaned = report.cleaned(vault.redactor()::clean);
                    board.publish(cleaned);
                    if (lease.now() instanceof Standing.Follower) {
                        builds.leave();
                    } else {
                        builds.settle(cleaned);
                    }
                };
        Foresight foresight =
                new Foresight(
                        part(config.asides()),
                        loader.with(pulls.asKnown()),
                        vault,
                        images,
                        reconciler::knowledge,
                        (instance, foreign, _) -> observer.observe(instance, foreign),
                        Foresight.Judge.NOBODY,
                        clock);
        posts =
                new ForgeOutbox(
                        environment.home().resolve("forge-outbox"), forges::of, backoff, clock);
        feedback =
                part(
                        new Feedback(
                                posts,
                                forges::of,
                                builds,
                                new Feedback.Config(
                                        ForgeRepo.of(url),
                                        () -> pulls.open(url),
                                        foresight::of,
                                        () -> pulls.lookAgain(url),
                                        reconciler::followed),
                                () -> links,
                                clock));
        loop = part(new ReconcileLoop(reconciler, clean, clock));
        watchdog = part(new Watchdog(looks, board::amend, clock));
        EngineWatch events = part(new EngineWatch(engine, reconciler::instance, loop::wake, clock));
        startWatching(events);
    }

    private void follow(Instance.Spec settings, Forges forges, Environment environment) {
        forges.follow(settings);
        pulls.follow(settings.forges());
        links = Links.of(settings.url(), environment.controlPort());
    }

    /** Tells pull requests and commits how it stands with them. */
    public void tell(PassReport report) {
        feedback.offer(report);
    }

    /** After the lock: opening takes over what another process may be writing. */
    private SecretRoom secrets(Environment environment, Clockwork clock) {
        try {
            return SecretRoom.open(environment.home(), environment.sops(), LOG::warn, clock);
        } catch (RuntimeException e) {
            close(); // the next try finds the home free
            throw e;
        }
    }

    private void startWatching(EngineWatch events) {
        Path local = url.localDirectory();
        if (local != null) {
            part(
                    RefWatcher.start(
                            local,
                            null,
                            RefWatcher.EVERY,
                            () -> wake(new Trigger.RepoChanged(url.shown()))));
        }
        events.start();
    }

    private static RepoUrl configUrl(Environment environment) {
        try {
            return RepoUrl.parse(environment.config());
        } catch (RepoUrl.InvalidRepoUrlException e) {
            throw new IllegalStateException("--config: " + e.getMessage(), e);
        }
    }

    private <T extends AutoCloseable> T part(T made) {
        parts.push(made);
        return made;
    }

    /** Begins with the first pass as soon as an edge is there, or after a while without one. */
    public void start() {
        part(HeapTrim.start());
        builds.start();
        Thread.ofVirtual().name("berth-start").start(this::startLoop);
    }

    private void startLoop() {
        try {
            certificates.start();
            if (!edge.awaitConnected(EDGE_PATIENCE)) {
                LOG.warn("no edge has connected yet; apps start, and serve when it does");
            }
            loop.start();
            pulls.start();
            feedback.start();
            watchdog.start();
            cleaner.start();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake(Trigger trigger) {
        @Nullable ReconcileLoop running = loop;
        if (running != null) {
            running.wake(trigger);
        }
    }

    private int buildsAtOnce() {
        @Nullable Reconciler running = reconciler;
        return running == null ? Instance.Builds.USUAL.concurrency() : running.buildsAtOnce();
    }

    private Duration pollInterval() {
        return looks.pollInterval();
    }

    /** The value of a Secret's key that counts now; {@code null} when none does. */
    public @Nullable Secret secret(SecretRef ref) {
        return vault.held(ref);
    }

    /** An edge connected: what it serves may differ from what is known. */
    public void edgeConnected() {
        wake(new Trigger.EdgeConnected());
    }

    /** Tells how things stood when an earlier process ended. */
    public void remember(PassReport last) {
        reconciler.remember(last);
        wake(new Trigger.HistoryRead());
    }

    /** The edge holds a request for an app that sleeps. */
    public void wakeRequested(String app) {
        wake(new Trigger.WakeRequested(ResourceId.app(app)));
    }

    /** The forges and repos that config names; {@code null} until config was read. */
    @SuppressWarnings("ReferenceEquality") // a pass that changes nothing follows the same one
    public @Nullable Subscriptions subscriptions() {
        DesiredState.Known known = reconciler.followed();
        if (known == null) {
            return null;
        }
        Subscribed last = subscribed;
        if (last == null || last.to() != known) { // strangers have this asked, too
            last =
                    new Subscribed(
                            known,
                            Subscriptions.of(
                                    known.instance(),
                                    url,
                                    known.settings().forges(),
                                    known.repos()));
            subscribed = last;
        }
        return last.subscriptions();
    }

    /** What deliveries are judged by while that is followed. */
    private record Subscribed(DesiredState.Known to, Subscriptions subscriptions) {}

    /** Where webhooks are to be sent; {@code null} until config was read. */
    public @Nullable WebhookSetup webhookSetup() {
        DesiredState.Known known = reconciler.followed();
        if (known == null) {
            return null;
        }
        Instance.Spec settings = known.settings();
        Map<Boolean, List<String>> hosts =
                settings.forges().stream()
                        .collect(
                                Collectors.partitioningBy(
                                        forge -> forge.webhook() != null,
                                        Collectors.mapping(
                                                Instance.Forge::host, Collectors.toList())));
        return new WebhookSetup(
                settings.webhook().hostFor(settings.domain()),
                hosts.getOrDefault(true, List.of()),
                hosts.getOrDefault(false, List.of()));
    }

    /** Somebody says that a repo changed: it is looked at in a pass that begins now. */
    public void hinted(RepoHint hint) {
        repositories.lookAgain(hint.repo());
        pulls.lookAgain(hint.repo());
        wake(new Trigger.RepoChanged(hint.repo().shown()));
    }

    /** Somebody says that something happened to a pull request: its code may be new, too. */
    public void hinted(PullHint hint) {
        repositories.lookAgain(hint.repo());
        switch (hint.action()) {
            case OPENED -> pulls.opened(hint.repo(), hint.number(), hint.at());
            case CLOSED -> pulls.closed(hint.repo(), hint.number(), hint.at());
            case CHANGED -> pulls.lookAgain(hint.repo());
        }
    }

    /** How many tries to have a certificate ended how, by outcome. */
    public Map<String, Long> certificateOrders() {
        return certificates.outcomes();
    }

    /** How it stands with what is said at forges. */
    public ForgeOutbox.Counts posts() {
        return posts.counts();
    }

    /** What can't be done at forges now, by repo; nothing of it is secret. */
    public List<ForgeFault> forgeFaults() {
        return Stream.concat(
                        faults(pulls.faults(), ForgeFault.Matter.PullRequests),
                        faults(posts.faults(), ForgeFault.Matter.Posts))
                .sorted(Comparator.comparing(ForgeFault::repo).thenComparing(ForgeFault::matter))
                .toList();
    }

    private Stream<ForgeFault> faults(Map<String, String> whys, ForgeFault.Matter matter) {
        return whys.entrySet().stream()
                .map(
                        fault ->
                                new ForgeFault(
                                        fault.getKey(),
                                        matter,
                                        vault.redactor().clean(fault.getValue())));
    }

    /** How far each build is. */
    public BuildBook builds() {
        return builds;
    }

    /** What builds wrote. */
    public BuildLogs buildLogs() {
        return buildLogs;
    }

    /** The last lines that an app's containers wrote. */
    public AppLogs logs() {
        return containerLogs();
    }

    /** Likewise of containers that ran once. */
    public RunLogs runLogs() {
        return containerLogs();
    }

    private ContainerLogs containerLogs() {
        return new ContainerLogs(engine, reconciler::instance, vault::redactor);
    }

    /**
     * Passes reports on unless another Berth writes: that one tells of what it does itself. While
     * nobody can tell who writes, because the engine is gone, somebody has to say so.
     *
     * @param hush called instead when another writes
     */
    public Consumer<PassReport> unlessAnotherWrites(Consumer<PassReport> listener, Runnable hush) {
        return report -> {
            if (lease.now() instanceof Standing.Follower) {
                hush.run();
            } else {
                listener.accept(report);
            }
        };
    }

    public boolean running() {
        return loop.running();
    }

    /** True when no look at the config repo has succeeded for three poll intervals. */
    public boolean pollOverdue() {
        return looks.overdue();
    }

    public @Nullable Instant fetchedAt() {
        return looks.lastRead();
    }

    /** Who is told what; {@code null} until the config repo was read. */
    public @Nullable Watch watch() {
        return reconciler.watch();
    }

    /** Whether this Berth may write, for people. */
    public String writer() {
        String whyNot = lease.now().whyNot();
        return whyNot == null ? "this Berth writes" : whyNot;
    }

    /** True when it could not tell that for longer than any change of hands takes. */
    public boolean writerUnknown() {
        return lease.undecidedFor().compareTo(Writership.TROUBLE) >= 0;
    }

    /** How it stands with the disks. */
    public Storage storage() {
        Cleaner.Tally tally = cleaner.tally();
        return new Storage(
                tally.disks().stream()
                        .map(
                                disk ->
                                        new Storage.Disk(
                                                disk.directory(),
                                                disk.totalBytes(),
                                                disk.freeBytes()))
                        .toList(),
                tally.cleanedAt(),
                tally.images(),
                tally.bytes(),
                tally.failure());
    }

    public long engineWrites() {
        return engineWrites.sum();
    }

    /** Ends the loop at its next wait, then the adapters, the last made first. */
    @Override
    public void close() {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} does not end well", part, e);
            }
        }
    }
}
