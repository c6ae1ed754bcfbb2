package dev.berth.reconciler;

import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.certificate.Certificates;
import dev.berth.reconciler.cleanup.Housekeeping;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Converger.Attention;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.converge.Outcomes;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.foresight.Knowledge;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.ledger.ReleaseLedger;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.notify.Watch;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.preview.Previews;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.status.PassInput;
import dev.berth.reconciler.status.ReadyReleases;
import dev.berth.reconciler.status.StatusDeriver;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pass. One at a time; confined to the loop's thread, but for what says that any may call it.
 */
public final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    /** What a clock that is kept right by and by may differ in between two passes. */
    private static final Duration CLOCKS_AGREE = Duration.ofSeconds(1);

    private final RepoLooks looks;
    private final PinnedTrees trees;
    private final DesiredStateLoader loader;
    private final LiveStateReader observer;
    private final Converger converger;
    private final Failures failures;
    private final Tenure tenure;
    private final Planning planning;
    private final int httpPort;
    private final Clockwork clock;
    private @Nullable Instant nextDue;
    private Map<ResourceId, ResourceStatus> statuses = Map.of();
    private final AtomicReference<Map<ResourceId, ResourceStatus>> remembered =
            new AtomicReference<>(Map.of());
    private Instant lastNow;
    private long lastNanos;
    private @Nullable Long stamp;
    private String logged = "";
    private volatile @Nullable String instance;
    private volatile @Nullable Watch watch;
    private volatile @Nullable Knowledge knowledge;
    private volatile DesiredState.@Nullable Known followed;
    private volatile int buildsAtOnce = Instance.Builds.USUAL.concurrency();
    private boolean blind;
    private Memory remembers;
    private boolean forgetful;
    private long lastPass;

    /**
     * Makes the pass from its parts.
     *
     * @param planning {@link Planner#plan}, unless a test plants a mistake in it
     * @param httpPort where the edge serves, for the URLs in status
     */
    public Reconciler(
            RepoLooks looks,
            PinnedTrees trees,
            DesiredStateLoader loader,
            LiveStateReader observer,
            Converger converger,
            Failures failures,
            Tenure tenure,
            Planning planning,
            int httpPort,
            Clockwork clock) {
        this.looks = looks;
        this.trees = trees;
        this.loader = loader;
        this.observer = observer;
        this.converger = converger;
        this.failures = failures;
        this.tenure = tenure;
        this.planning = planning;
        this.httpPort = httpPort;
        this.clock = clock;
        this.lastNow = clock.instant();
        this.lastNanos = clock.nanos();
        this.remembers = tenure.recollection().recall();
        failures.recall(remembers, lastNow);
        tenure.jobs().recall(remembers.jobs());
    }

    /**
     * What it has beyond the passes it makes itself.
     *
     * @param writership whether it may write
     * @param recollection what it leaves to the next process
     * @param jobs those that were started; as the observer sees them
     * @param ledgers what is remembered beside the engine
     * @param housekeeping what keeps disks from filling up
     * @param registries where images come from and go to
     * @param settings who else is told the settings of the Instance, each time that they were read
     * @param tls how hosts get certificates
     */
    public record Tenure(
            Writership writership,
            Recollection recollection,
            StartedJobs jobs,
            Ledgers ledgers,
            Housekeeping housekeeping,
            Registries registries,
            Consumer<Instance.Spec> settings,
            Tls tls) {
        /**
         * There is no other, neither beside nor after it. Nothing is cleaned up, no image is
         * pushed, and no host has a certificate.
         */
        public static Tenure sole() {
            return new Tenure(
                    Writership.ALONE,
                    Recollection.NONE,
                    new StartedJobs(),
                    Ledgers.inMemory(),
                    Housekeeping.NONE,
                    Registries.none(),
                    _ -> {},
                    Tls.NONE);
        }
    }

    /**
     * How hosts are reached by TLS.
     *
     * @param port where the edge takes it, for the URLs in status
     * @param certificates who looks after them
     */
    public record Tls(int port, Certificates certificates) {
        private static final int HTTPS = 443;

        /** Nobody does. */
        public static final Tls NONE = new Tls(HTTPS, Certificates.NONE);
    }

    /** What decides, as {@link Planner#plan}. */
    @FunctionalInterface
    public interface Planning {
        Plan plan(DesiredState desired, Observation live, Instant now);
    }

    /**
     * Tells how things stood before this process began, so that what did not change since keeps its
     * times; nothing is decided by it. Any thread, once, also late.
     */
    public void remember(PassReport last) {
        remembered.set(byId(last));
    }

    /** One pass that returns when nothing is left to do or to wait for. */
    public PassReport reconcile(Trigger trigger) throws InterruptedException {
        return reconcile(trigger, Attention.UNDIVIDED, () -> false);
    }

    /**
     * One pass: make this host match the newest verified commit. Idempotent; safe at any time and
     * after any crash. What takes longer than attention allows goes on after it.
     *
     * @param pressed true when something wants a pass that is not about the config repo: then
     *     nobody waits for that
     * @throws InterruptedException if the process ends meanwhile
     */
    PassReport reconcile(Trigger trigger, Attention attention, BooleanSupplier pressed)
            throws InterruptedException {
        Instant begin = now();
        SourceReading reading = // Git commit, or why there is none
                looks.read(trigger, begin, pressed);
        DesiredState declared = loader.load(reading); // mistakes become problems
        Standing standing = standing(declared); // only one Berth at a time writes
        if (beginsToWrite(standing)) { // another may have followed a newer commit by now
            declared = loader.load(looks.readNow(begin));
            standing = standing(declared);
        }
        PassInput.LeftAlone leftAlone = leftAlone(standing);
        ReleaseLedger releases = tenure.ledgers().releases();
        DesiredState followed = releases.settled(declared); // where an app went back, too
        settle(followed, begin); // what is not wanted any more ends; what has ended is learnt from
        Observation live = observe(declared, begin); // what is: Known | Unknown
        tellPreviews(live);
        if (leftAlone == null) { // what has failed since it took over is gone back from
            releases.writesBy(standing == null ? null : standing.stamp());
            followed = releases.settled(declared, live, begin, converger::lastWords);
        }
        DesiredState desired = releases.pinned(followed, live); // what should be
        live = releases.recalled(desired, live);
        Plan plan = planning.plan(desired, live, begin); // pure, printable
        blind = plan.unknown() != null || leftAlone != null;
        tellNeeds(declared, desired, live); // before anything is made of an image
        nextDue = leftAlone == null ? plan.nextDue() : null;
        Outcomes outcomes = // effects, exactly that plan
                leftAlone == null ? converge(desired, plan, attention) : lookOn(desired);
        PassReport report = // status, derived whole
                StatusDeriver.derive(
                        new PassInput(
                                passId(begin),
                                trigger.describe(),
                                desired,
                                live,
                                plan,
                                outcomes,
                                leftAlone,
                                standing == null ? null : standing.stamp(),
                                httpPort,
                                statusesBefore(),
                                begin,
                                Duration.between(begin, clock.instant()),
                                tidiness(),
                                https()));
        statuses = byId(report);
        if (ranOutOfRoom(report)) {
            tenure.housekeeping().outOfRoom();
        }
        keepInMind();
        PassReport noted = noted(desired, live, report, begin);
        knowledge =
                Knowledge.after(
                        knowledge,
                        declared,
                        failures.standing(),
                        tenure.jobs().all(),
                        tenure.ledgers());
        return noted;
    }

    /**
     * What the last pass left, for plans of what is not followed; {@code null} before the first.
     * Any thread.
     */
    public @Nullable Knowledge knowledge() {
        return knowledge;
    }

    /** One that lives and that nobody knows of is asked about. */
    private void tellPreviews(Observation live) {
        if (live instanceof Observation.Known(var seen)) {
            List<Previews.Live> lives = new ArrayList<>();
            Set<ResourceId> alive = seen.alive();
            seen.volumes().forEach(volume -> alive.add(volume.id().app()));
            alive.forEach(id -> addTo(lives, id, ""));
            seen.containers().forEach(each -> addTo(lives, each.owner(), each.revision()));
            loader.live(lives);
        }
    }

    private static void addTo(List<Previews.Live> lives, ResourceId id, String commit) {
        PreviewId preview = PreviewId.of(id);
        if (preview != null) {
            lives.add(new Previews.Live(preview, commit));
        }
    }

    /** What may be removed follows from what was seen; while something was not, nothing may. */
    private void tellNeeds(DesiredState declared, DesiredState wanted, Observation live) {
        if (!blind
                && declared instanceof DesiredState.Known documents
                && wanted instanceof DesiredState.Known known
                && live instanceof Observation.Known(var seen)) {
            Set<String> kept = tenure.ledgers().releases().images(known, seen);
            tenure.housekeeping().needed(Needs.of(documents, known, kept));
        } else {
            tenure.housekeeping().blind();
        }
    }

    private PassInput.Tidiness tidiness() {
        return new PassInput.Tidiness(
                tenure.housekeeping().room(), tenure.housekeeping().takeReports());
    }

    private PassInput.Https https() {
        return new PassInput.Https(tenure.tls().port(), tenure.tls().certificates().now());
    }

    /** What is ready now can be gone back to. */
    private PassReport noted(
            DesiredState desired, Observation live, PassReport report, Instant now) {
        if (!(desired instanceof DesiredState.Known known)) {
            return report;
        }
        ReleaseLedger releases = tenure.ledgers().releases();
        releases.retain(known, live);
        for (DesiredApp app : known.apps().values()) {
            releases.retrace(app, live);
            KnownRelease ready =
                    ReadyReleases.of(app, statuses.get(app.id()), releases.of(app.id()), now);
            if (ready != null && (app.pin() == null || app.pin().release().equals(ready.id()))) {
                releases.ready(app.id(), ready, app.keepReleases());
            }
        }
        return report.withReleases(ReadyReleases.list(known, releases::of));
    }

    private static boolean ranOutOfRoom(PassReport report) {
        return report.resources().stream()
                .map(status -> status.condition(ConditionType.Ready))
                .anyMatch(ready -> ready != null && ready.reason() == ReasonCode.DiskFull);
    }

    /** Leaves to the next process what this pass has learnt, if that is anything. */
    private void keepInMind() {
        Memory now = failures.memory(tenure.jobs().all());
        if (now.equals(remembers) && !forgetful) {
            return;
        }
        remembers = now;
        try {
            tenure.recollection().remember(now);
            forgetful = false;
        } catch (ReconcileException.Transient e) {
            if (!forgetful) {
                LOG.warn("{}", e.getMessage());
            }
            forgetful = true;
        }
    }

    /**
     * By the wall clock, which people see and retries are due by. It may have been set since the
     * last time.
     */
    private Instant now() {
        Instant now = clock.instant();
        long nanos = clock.nanos();
        Duration by = Duration.between(lastNow, now).minusNanos(nanos - lastNanos);
        lastNow = now;
        lastNanos = nanos;
        if (by.abs().compareTo(CLOCKS_AGREE) > 0) {
            failures.clockWasSet(by);
        }
        return now;
    }

    private void settle(DesiredState desired, Instant begin) {
        switch (desired) {
            case DesiredState.Known known -> converger.preempt(known);
            case DesiredState.Unknown _ -> {}
        }
        failures.learn(converger.look(), now());
        if (desired instanceof DesiredState.Known known) {
            tenure.registries().follow(known.settings());
            tenure.settings().accept(known.settings());
            tenure.tls().certificates().follow(known);
            failures.registriesAre(tenure.registries().version(), begin);
        }
    }

    private Map<ResourceId, ResourceStatus> statusesBefore() {
        Map<ResourceId, ResourceStatus> before = new HashMap<>(remembered.getAndSet(Map.of()));
        statuses.forEach((id, own) -> before.merge(id, own, (old, now) -> now.after(old)));
        return before;
    }

    private Observation observe(DesiredState desired, Instant now) {
        return switch (desired) {
            case DesiredState.Known known ->
                    tenure.ledgers()
                            .schedules()
                            .note(
                                    known,
                                    seen(observer.observe(known.instance(), known.adopted())),
                                    now);
            case DesiredState.Unknown(var doubt, _) -> new Observation.Unknown(doubt.cause());
        };
    }

    private Observation seen(Observation observation) {
        if (observation instanceof Observation.Known(var live)) {
            tenure.jobs().learn(live);
        }
        return converger.seen(observation);
    }

    /** True in the first pass that writes, unless it has just looked at the repo. */
    private boolean beginsToWrite(@Nullable Standing standing) {
        Long before = stamp;
        Long now = standing == null ? null : standing.stamp();
        if (now == null) {
            return false;
        }
        stamp = now;
        return !now.equals(before) && !looks.isFresh();
    }

    private @Nullable Standing standing(DesiredState desired) throws InterruptedException {
        return desired instanceof DesiredState.Known known
                ? tenure.writership().of(known.instance())
                : null;
    }

    private static PassInput.@Nullable LeftAlone leftAlone(@Nullable Standing standing) {
        ReasonCode reason = standing == null ? null : standing.reason();
        String cause = standing == null ? null : standing.whyNot();
        return reason == null || cause == null ? null : new PassInput.LeftAlone(reason, cause);
    }

    /** Ends its own work; what another does is only reported. */
    private Outcomes lookOn(DesiredState desired) {
        follow(desired);
        converger.leaveAll();
        tenure.ledgers().releases().leave();
        Outcomes none = new Outcomes(List.of());
        if (desired instanceof DesiredState.Known known) {
            tenure.jobs().learn(none, declared(known)); // one of that name may be declared anew
        }
        return none;
    }

    /** What of the newest commit concerns the process itself. */
    private void follow(DesiredState desired) {
        if (desired instanceof DesiredState.Known known) {
            instance = known.instance();
            followed = known;
            watch = new Watch(known.alerts(), known.settings().source().interval());
            buildsAtOnce = known.settings().builds().concurrency();
            trees.retain(known.apps().values().stream().flatMap(Reconciler::pin).toList());
            looks.every(known.settings().source().interval());
        }
    }

    private Outcomes converge(DesiredState desired, Plan plan, Attention attention)
            throws InterruptedException {
        if (!(desired instanceof DesiredState.Known known)) {
            return converger.converge("", plan, attention); // nothing, and no more taking away
        }
        follow(known);
        if (!plan.isEmpty() && LOG.isInfoEnabled()) {
            String text = PlanPrinter.print(plan).stripTrailing();
            if (!text.equals(logged)) { // what waits is waited for in every pass
                LOG.info("{}", text);
            }
            logged = text;
        }
        Outcomes outcomes =
                converger.converge(
                        known.instance(),
                        new Commit(known.revision().toString(), known.revision().author()),
                        plan,
                        attention);
        if (plan.unknown() == null) {
            failures.learn(known, outcomes, now());
            tenure.jobs().learn(outcomes, declared(known));
        }
        return outcomes;
    }

    private static Set<ResourceId> declared(DesiredState.Known desired) {
        Set<ResourceId> declared = new HashSet<>(desired.held());
        declared.addAll(desired.jobs().keySet());
        return declared;
    }

    /** When the config repo is looked at. */
    RepoLooks looks() {
        return looks;
    }

    /** What waits for something to happen, or knows what does. */
    Converger work() {
        return converger;
    }

    /** The instance's name; {@code null} until a config repo was read. Any thread. */
    public @Nullable String instance() {
        return instance;
    }

    /** What the newest pass followed; {@code null} until a config repo was read. Any thread. */
    public DesiredState.@Nullable Known followed() {
        return followed;
    }

    /** Who is told what; {@code null} until a config repo was read. Any thread. */
    public @Nullable Watch watch() {
        return watch;
    }

    /** How many builds may run at a time. Any thread. */
    public int buildsAtOnce() {
        return buildsAtOnce;
    }

    /** When something that failed is tried again. */
    Optional<Instant> nextRetry() {
        var _ = now(); // the wall clock may have been set while nothing was to be done
        return blind
                ? Optional.empty()
                : failures.nextRetry(converger::busy); // what can't be seen can't be tried
    }

    /** When something is due by the clock that was not due at the last pass. */
    Optional<Instant> nextDue() {
        return Optional.ofNullable(nextDue);
    }

    private static Stream<SourcePin> pin(DesiredApp app) {
        return switch (app.workload()) {
            case Workload.Files files -> Stream.of(files.pin());
            case Workload.Containers(ImageSource.Built built, _) -> Stream.of(built.pin());
            case Workload.Containers(ImageSource.Prebuilt _, _),
                    Workload.Containers(ImageSource.Kept _, _) ->
                    Stream.empty();
        };
    }

    private String passId(Instant begin) {
        lastPass = Math.max(lastPass + 1, begin.toEpochMilli());
        return "%012x".formatted(lastPass);
    }

    private static Map<ResourceId, ResourceStatus> byId(PassReport report) {
        return report.resources().stream()
                .collect(Collectors.toUnmodifiableMap(ResourceStatus::id, Function.identity()));
    }
}
