package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.ReadBefore;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.lease.FakeLeaseStore;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One engine, one edge, one config repo, one disk and one control at a time. */
final class SimWorld {
    static final List<String> APPS = List.of("shop", "api", "blog", "mail", "wiki");
    private static final List<String> HOMES = List.of("hill", "harbour");
    private static final int MOST_STEPS = 60_000;

    /** Histories have few texts. Each thread that runs some has its own. */
    private static final ThreadLocal<ReadBefore> READ_BEFORE =
            ThreadLocal.withInitial(() -> new ReadBefore(20_000_000));

    /** What Berth removes of images makes no difference. */
    private static final DiskUse NEARLY_FULL = new DiskUse("/fake", 1000L << 30, 10L << 30);

    /** Of so many histories one has a disk that is nearly full. */
    private static final int FULL_DISKS = 8;

    private final ReadBefore readBefore = READ_BEFORE.get();
    private static final Duration FALLS_AFTER = Duration.ofSeconds(15);
    private static final Duration MOST_LATE = Duration.ofSeconds(20);
    private static final Duration READ_AFTER = Duration.ofMillis(300);
    private static final Duration READ_AGAIN = Duration.ofSeconds(5);

    private final SimScheduler scheduler;
    private final SimProcess nature;
    private final SimClockwork time;
    private final FakeEngine engine;
    private final FakeTraffic edge;
    private final SimRepo repo = new SimRepo();
    private final Faults faults = new Faults();
    private final @Nullable FakeLeaseStore leases;
    private final Trace trace = new Trace();
    private final ReleaseCommands releaseCommands = new ReleaseCommands();
    private final Bug bug;
    private final int events;
    private final boolean tellsPeople;
    private final boolean cleansUp;
    private final Random seeds;
    private final List<Armed> armed = new ArrayList<>();
    private final List<Call> deaths = new ArrayList<>();
    private final Set<ContainerId> falling = new HashSet<>();
    private SimControl control;
    private @Nullable SimControl rival;
    private @Nullable Broken broken;
    private @Nullable PassReport lastReport;
    private @Nullable SourceReading first;
    private boolean deaf;
    private boolean confused;
    private boolean databaseGone;
    private @Nullable PassReport stored;
    private boolean quietPass;
    private Set<ResourceId> wholeBefore = Set.of();
    private int writesBefore;
    private int controls;
    private int passes;
    private int writes;
    private int dueWrites;

    SimWorld(History history, Bug bug) {
        this.seeds = new Random(history.interleaving());
        this.scheduler = new SimScheduler(new Random(seeds.nextLong()));
        this.nature = scheduler.process("world");
        this.time = new SimClockwork(scheduler, nature);
        this.engine = new FakeEngine(time);
        this.edge = new FakeTraffic(time);
        this.bug = bug;
        this.events = history.events().size();
        this.tellsPeople =
                history.events().stream()
                        .anyMatch(
                                event ->
                                        event instanceof Event.Commit(_, _, var edits)
                                                && edits.stream()
                                                        .anyMatch(Tree.SetAlert.class::isInstance));
        furnish(engine, edge);
        cleansUp = cleansUp(history);
        if (cleansUp) {
            engine.withDisk(NEARLY_FULL);
        }
        leases =
                history.events().stream().anyMatch(Event.Rival.class::isInstance)
                        ? new FakeLeaseStore(time)
                        : null;
        control = newControl(new Home(HOMES.getFirst(), new SimDisk(time), new Oracle(), leases));
    }

    /** Control begins. */
    void start() {
        launch(control);
    }

    /** What broke first. */
    record Broken(String invariant, String what, @Nullable Throwable cause) {}

    private static final class Armed {
        private int left;
        private final Runnable deed;

        Armed(int left, Runnable deed) {
            this.left = left;
            this.deed = deed;
        }
    }

    /** Images, and what containers of them answer to probes. */
    static void furnish(FakeEngine engine, FakeTraffic edge) {
        for (String app : APPS) {
            for (Spec.Image image : Spec.Image.values()) {
                engine.withRegistryImage(
                        Spec.reference(app, image),
                        switch (image) {
                            case ENDS_AT_ONCE ->
                                    new ImageBehaviour.Exits(1, List.of("no database"));
                            case FALLS -> new ImageBehaviour.Falls(FALLS_AFTER, 6);
                            case QUICK, OTHER, SLOW, NEVER_READY -> new ImageBehaviour.Runs();
                        });
            }
        }
        edge.answers(probe -> answer(engine, probe));
    }

    private static Optional<String> answer(FakeEngine engine, Probe probe) {
        FakeEngine.Item item =
                new Sight(engine.contents(), RouteTable.EMPTY)
                        .container(probe.backend().container());
        ContainerView view = item == null ? null : item.view();
        if (view == null || !(view.state() instanceof ContainerView.Running(Instant at, _, _))) {
            return Optional.of("connection refused");
        }
        String image = view.template() == null ? "" : view.template().image();
        Duration needed =
                switch (Spec.Image.of(image)) {
                    case QUICK, OTHER, FALLS -> Duration.ofSeconds(1);
                    case SLOW -> Duration.ofSeconds(20);
                    case NEVER_READY, ENDS_AT_ONCE -> Duration.ofDays(1);
                };
        return engine.now().isBefore(at.plus(needed)) ? Optional.of("HTTP 503") : Optional.empty();
    }

    private SimControl newControl(Home home) {
        SimProcess process = scheduler.process("control" + ++controls);
        SimControl made =
                new SimControl(this, home, process, time.of(process), bug, seeds.nextLong());
        return made;
    }

    private void launch(SimControl made) {
        made.start();
        nature.at(scheduler.nanos() + READ_AFTER.toNanos(), () -> readHistory(made));
    }

    /** Control learns how things stood, as soon as the database tells. */
    private void readHistory(SimControl reader) {
        PassReport last = stored;
        if (databaseGone) {
            nature.at(scheduler.nanos() + READ_AGAIN.toNanos(), () -> readHistory(reader));
        } else if (last != null && !reader.dead()) {
            reader.remember(last);
        }
    }

    ReadBefore readBefore() {
        return readBefore;
    }

    FakeEngine engine() {
        return engine;
    }

    FakeTraffic edge() {
        return edge;
    }

    SimRepo repo() {
        return repo;
    }

    SimDisk disk() {
        return control.home().disk();
    }

    Faults faults() {
        return faults;
    }

    Oracle oracle() {
        return control.home().oracle();
    }

    ReleaseCommands releaseCommands() {
        return releaseCommands;
    }

    /** True when controls ask who writes. */
    boolean asksWhoWrites() {
        return leases != null;
    }

    /** True when people are to be told of what goes wrong, in vain. */
    boolean tellsPeople() {
        return tellsPeople;
    }

    /** True when the engine's disk is nearly full, so that images nobody needs go at once. */
    boolean cleansUp() {
        return cleansUp;
    }

    static boolean cleansUp(History history) {
        return Math.floorMod(history.interleaving(), FULL_DISKS) == 1;
    }

    Trace trace() {
        return trace;
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    SimClockwork time() {
        return time;
    }

    SimControl control() {
        return control;
    }

    int passes() {
        return passes;
    }

    int writes() {
        return writes;
    }

    /** Those that are not for what is done by the clock, or tried in vain. */
    int writesUndue() {
        return writes - dueWrites;
    }

    /** In which calls control was killed so far. */
    List<Call> deaths() {
        return List.copyOf(deaths);
    }

    @Nullable Broken broken() {
        return broken;
    }

    @Nullable PassReport lastReport() {
        return lastReport;
    }

    void broken(String invariant, String what, @Nullable Throwable cause) {
        if (broken == null) {
            broken = new Broken(invariant, what, cause);
        }
    }

    /** Does something at a time from the beginning, or so many calls after that. */
    void at(Duration when, int calls, Object what, Runnable deed) {
        nature.at(
                when.toNanos(),
                () -> {
                    Armed one =
                            new Armed(
                                    calls,
                                    () -> {
                                        trace.add(scheduler.nanos(), what, "");
                                        quietPass = false;
                                        deed.run();
                                    });
                    armed.add(one);
                    fire();
                    nature.at(when.plusSeconds(5).toNanos(), () -> fire(one));
                });
    }

    /** Lets time pass; ends early when something broke. */
    void run(Duration most) {
        if (broken != null) {
            return;
        }
        try {
            scheduler.run(
                    most,
                    () -> {
                        fire();
                        if (broken == null && scheduler.steps() > MOST_STEPS) {
                            broken("ENDS", "still at it after " + MOST_STEPS + " steps", null);
                        }
                        if (broken != null) {
                            throw new Stop();
                        }
                    });
        } catch (Stop e) {
            trace.add(scheduler.nanos(), "stopped", "");
        }
    }

    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void fire() {
        if (armed.isEmpty()) {
            return;
        }
        for (Armed one : List.copyOf(armed)) {
            if (one.left <= 0) {
                fire(one);
            }
        }
    }

    private void fire(Armed one) {
        if (armed.remove(one)) {
            one.deed.run();
        }
    }

    /** Does something that follows from an event, a time from now. */
    void after(Duration time, Event why, Runnable deed) {
        nature.at(
                scheduler.nanos() + time.toNanos(),
                () -> {
                    trace.add(scheduler.nanos(), why, " is over");
                    quietPass = false;
                    deed.run();
                });
    }

    /** True when this is not the first control. */
    boolean restarted() {
        return controls > 1;
    }

    /** Starts control again, if it is dead. */
    void restart() {
        if (control.dead()) {
            engine.endSubscriptions();
            control = newControl(control.home());
            launch(control);
        }
    }

    /** Another one begins beside it. */
    void rival() {
        if (rival == null && leases != null) {
            Home first = control.home();
            String name = HOMES.get(1 - HOMES.indexOf(first.name()));
            rival =
                    newControl(
                            new Home(name, new SimDisk(time), new Oracle(first.oracle()), leases));
            launch(rival);
        }
    }

    /** One of them is no more. */
    void endRivalry(boolean rivalStays) {
        SimControl other = rival;
        if (other == null) {
            return;
        }
        rival = null;
        SimControl gone = rivalStays ? control : other;
        gone.process().kill();
        if (rivalStays) {
            control = other;
        }
        quietPass = false;
        control.wake(new Trigger.EdgeConnected());
    }

    void edgeForgets() {
        edge.forget();
        control.home().oracle().edgeForgot();
        if (rival != null) {
            rival.home().oracle().edgeForgot();
        }
    }

    /** While it is gone, nothing is written down of passes, and nothing read. */
    void databaseGone(boolean now) {
        databaseGone = now;
        if (leases != null) {
            HOMES.forEach(home -> leases.answers(home, !now));
        }
    }

    /** Something happened that may make a report untrue that is being made. */
    void happened() {
        quietPass = false;
    }

    void deaf(boolean now) {
        deaf = now;
    }

    void confused(boolean now) {
        confused = now;
    }

    /** Control hears of something, unless triggers get lost; of some things after later ones. */
    void tell(Trigger trigger) {
        if (deaf) {
            return;
        }
        if (confused) {
            long late = seeds.nextLong(MOST_LATE.toNanos());
            nature.at(scheduler.nanos() + late, () -> wake(trigger));
        } else {
            wake(trigger);
        }
    }

    private void wake(Trigger trigger) {
        control.wake(trigger);
        if (rival != null) {
            rival.wake(trigger);
        }
    }

    void note(String what) {
        trace.add(scheduler.nanos(), what, "");
    }

    // For planted bugs

    /** The first of all readings that were given here. */
    SourceReading firstOf(SourceReading now) {
        if (first == null && !(now instanceof SourceReading.Unavailable)) {
            first = now;
        }
        return first == null ? now : first;
    }

    /** Removes the volumes of a container in a call of control. */
    void volumesGoWith(FakeEngine.@Nullable Item item) {
        ContainerView view = item == null ? null : item.view();
        if (view != null && view.template() != null) {
            Sight before = sight();
            view.template().mounts().values().forEach(engine.byHand()::removeVolume);
            Call call = Call.of(EngineCall.REMOVE, view.id().text());
            judge(call, leave(call, control.home()), control.home(), before);
        }
    }

    /** Volumes that control may delete by what it has read, and that no container has. */
    List<String> dataToGo() {
        Sight now = sight();
        Set<String> used =
                now.engine().containers().stream()
                        .flatMap(item -> Stream.ofNullable(item.view()))
                        .flatMap(view -> Stream.ofNullable(view.template()))
                        .flatMap(template -> template.mounts().values().stream())
                        .collect(Collectors.toSet());
        return engine.volumes().stream()
                .filter(volume -> !used.contains(volume))
                .filter(
                        volume ->
                                oracle().leave(Call.of(EngineCall.REMOVE_VOLUME, volume), () -> now)
                                        .mayLose(volume))
                .toList();
    }

    FakeEngine.@Nullable Item named(String name) {
        return engine.contents().containers().stream()
                .filter(item -> item.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    // What control does

    /** Control has written that of a bug into its log. */
    void heard(String message, @Nullable Throwable cause) {
        broken("NO_BUGS", message + ": " + cause, cause);
    }

    void begins(Call call, SimControl caller) {
        if (caller.dead()) {
            broken("ONE_WRITER", "a dead process calls " + call, null);
        }
        SimControl other = caller == control ? rival : control;
        if (call.write() && !call.stamps() && other != null) {
            if (!caller.writes()) {
                broken("ONE_WRITER", caller.home().name() + " may not, and calls " + call, null);
            } else if (!other.dead() && other.writes()) {
                broken("ONE_WRITER", "both may write when one calls " + call, null);
            }
        }
        armed.forEach(one -> one.left--);
    }

    /** Control was killed in a call; it is started again some time later. */
    void died(Call call, Duration away) {
        deaths.add(call);
        trace.add(scheduler.nanos(), call, ": killed");
        nature.at(scheduler.nanos() + away.toNanos(), this::restart);
    }

    <T> T judged(Call call, Oracle.Leave leave, Home home, Rim.Deed<T> deed)
            throws ReconcileException {
        if (!call.write() || call.stamps()) {
            return deed.run();
        }
        Sight before = sight();
        try {
            return deed.run();
        } finally {
            judge(call, leave, home, before);
        }
    }

    /** What control may do in a call that it begins now. */
    Oracle.Leave leave(Call call, Home home) {
        if (!call.write() || call.stamps()) {
            return Oracle.Leave.NONE;
        }
        Oracle.Leave leave = home.oracle().leave(call, this::sight);
        return call.engine() == EngineCall.REMOVE_IMAGE ? leave.keeping(kept(home)) : leave;
    }

    /** Images of releases that can be gone back to, as that home remembers them. */
    static Set<String> kept(Home home) {
        return APPS.stream()
                .flatMap(app -> home.disk().ledgers().releases().of(ResourceId.app(app)).stream())
                .map(KnownRelease::image)
                .collect(Collectors.toSet());
    }

    private void judge(Call call, Oracle.Leave leave, Home home, Sight before) {
        Oracle oracle = home.oracle();
        writes++;
        Sight after = sight();
        if (isDue(call, before)) {
            dueWrites++;
        }
        if (call.engine() == EngineCall.REMOVE) {
            Optional.ofNullable(before.container(call.subject()))
                    .ifPresent(releaseCommands::removed);
        }
        if (call.engine() == EngineCall.START) {
            releaseCommands.started(
                    call.subject(), before, after, leave.trees(), oracle.servedLast());
            oracle.started(call.subject().substring(0, 12));
            started(after.container(call.subject().substring(0, 12)));
        }
        oracle.servedLast().seen(after);
        if (call.engine() == null) {
            oracle.servedLast().pointed(after, leave.trees());
            after.backends()
                    .forEach(b -> served(oracle, b.getKey(), after.container(b.getValue())));
        }
        Invariant.Step step =
                new Invariant.Step(call, leave, before, after, oracle, scheduler.nanos());
        for (Invariant invariant : Invariant.values()) {
            String what = invariant.broken(step);
            if (what != null) {
                broken(invariant.name(), call + ": " + what, null);
            }
        }
        int most = 100 + 60 * (events + 1);
        if (writes > most) {
            broken("BOUNDED_WORK", writes + " writes", null);
        }
    }

    /**
     * True when it is for a run of a schedule, or for what is tried again and again in place of a
     * release that never gets ready.
     */
    private boolean isDue(Call call, Sight before) {
        FakeEngine.Item item = before.container(call.subject());
        if (item == null) {
            item = named(call.subject());
        }
        if (item != null && "cron".equals(item.labels().get(Labels.ROLE))) {
            return true;
        }
        ResourceId owner = item == null ? null : Sight.owner(item);
        return repo.head().apps().entrySet().stream()
                .filter(app -> isAbout(call.subject(), owner, app.getKey()))
                .anyMatch(
                        app -> {
                            Spec spec = app.getValue().spec();
                            return (isForBoth(call) && spec.twist() == Spec.Twist.CRON)
                                    || (spec.image().hopeless()
                                            && hasStandIn(ResourceId.app(app.getKey()), before));
                        });
    }

    private boolean hasStandIn(ResourceId app, Sight sight) {
        return sight.engine().containers().stream()
                .filter(Sight::ours)
                .flatMap(item -> Stream.ofNullable(item.view()))
                .anyMatch(
                        view -> view.owner().equals(app) && !oracle().waysBack().isDeclared(view));
    }

    /** What both releases and runs need. */
    private static boolean isForBoth(Call call) {
        return call.engine() == EngineCall.PULL || call.engine() == EngineCall.ENSURE_NETWORK;
    }

    private static boolean isAbout(String subject, @Nullable ResourceId owner, String app) {
        ResourceId id = ResourceId.app(app);
        return id.equals(owner)
                || subject.equals(id.toString())
                || subject.startsWith(app + ":")
                || subject.equals(ObjectNames.network(Sight.INSTANCE, id));
    }

    /** Somebody lays hands on a container. */
    void hit(FakeEngine.Item item, Event.Hand hand) {
        String owner = Sight.owner(item).name();
        oracle().hits().hit(item.id().shortId(), owner, hand, scheduler.nanos());
        oracle().waysBack().touched(owner, wallClock());
    }

    /** What somebody or control has started may fall, once and again. */
    void started(FakeEngine.@Nullable Item item) {
        if (item != null && isUnsteady(item) && falling.add(item.id())) {
            oracle().falls(item.id().shortId());
            fallsInTime(item.id());
        }
    }

    private static boolean isUnsteady(FakeEngine.Item item) {
        ContainerView view = item.view();
        return view != null
                && view.template() != null
                && Spec.Image.of(view.template().image()) == Spec.Image.FALLS;
    }

    /** As control sees it. */
    Instant wallClock() {
        return control.clock().instant();
    }

    /** The engine tells of an exit when it happens, whether anybody looks or not. */
    private void fallsInTime(ContainerId id) {
        Instant due = engine.byHand().due(id);
        if (due == null) {
            falling.remove(id);
            return;
        }
        long left = Math.max(0, Duration.between(time.instant(), due).toNanos());
        nature.at(
                scheduler.nanos() + left,
                () -> {
                    quietPass = false;
                    engine.byHand().letTimePass();
                    FakeEngine.Item item = sight().container(id.text());
                    if (item != null && item.state() instanceof ContainerView.Restarting) {
                        oracle().waysBack().fell(Sight.owner(item).name(), wallClock());
                    }
                    fallsInTime(id);
                });
    }

    private static void served(Oracle oracle, ResourceId app, FakeEngine.@Nullable Item item) {
        ContainerView view = item == null ? null : item.view();
        if (view != null && view.template() != null) {
            oracle.served(app, view.template().image());
        }
    }

    Sight sight() {
        return new Sight(engine.contents(), edge.table());
    }

    void ended(
            Call call, Home home, @Nullable Object result, @Nullable ReconcileException failure) {
        trace.add(scheduler.nanos(), call, failure == null ? "" : ": " + failure.getMessage());
        if (failure == null) {
            home.oracle().answered(call, result, scheduler.nanos());
        } else {
            home.oracle().failed(call);
        }
    }

    SourceReading look(Home home) {
        SimRepo.Look look = repo.look();
        if (look.tree() == null) {
            home.oracle().losesSight(sight(), lastReport == null ? Set.of() : ready(lastReport));
        }
        home.oracle().read(look.tree(), wallClock());
        trace.add(scheduler.nanos(), "GIT", " " + look.reading().getClass().getSimpleName());
        return look.reading();
    }

    private static Set<ResourceId> ready(PassReport report) {
        return report.resources().stream()
                .filter(
                        status -> {
                            Condition ready = status.condition(ConditionType.Ready);
                            return ready != null
                                    && ready.status() == Condition.Status.True
                                    && ready.observedGeneration().equals(status.generation());
                        })
                .map(ResourceStatus::id)
                .collect(Collectors.toSet());
    }

    private static String changes(PassReport report) {
        return report.changes().stream()
                .map(c -> "%n            %s %s: %s".formatted(c.resource(), c.what(), c.outcome()))
                .collect(Collectors.joining());
    }

    void passBegins(SimControl by) {
        by.home().oracle().passBegins();
        quietPass = true;
        Sight now = sight();
        wholeBefore = StatusTrue.whole(repo.head(), now, by.home().oracle());
        writesBefore = writes;
    }

    void passEnded(PassReport report, SimControl by) {
        passes++;
        if (by == control) {
            lastReport = report;
            if (!databaseGone) {
                stored = report;
            }
        }
        trace.add(scheduler.nanos(), "pass ended (" + report.trigger() + ")", changes(report));
        for (PassReport.ChangeReport change : report.changes()) {
            String detail = change.detail();
            if (detail != null && detail.contains("a bug in Berth")) {
                broken("NO_BUGS", change.what() + ": " + detail, null);
            }
        }
        if (repo.head().usesSecret()
                && (report + " " + by.home().disk()).contains(SimSecrets.PLANTED)) {
            broken("SECRETS_STAY_SECRET", "the report or the disk tells a secret", null);
        }
        Oracle oracle = by.home().oracle();
        Tree settled = oracle.settled();
        boolean quiet = quietPass && settled != null && !oracle.blind() && rival == null;
        quietPass = false;
        String left = oracle.waysBack().reported(report, sight(), quiet && edge.isConnected());
        if (left != null) {
            broken("GOES_BACK", left, null);
        }
        if (quiet && settled != null) {
            String lie = StatusTrue.broken(report, settled, sight(), edge.isConnected());
            if (lie != null) {
                broken("STATUS_TRUE", lie, null);
            }
            if (edge.isConnected() && writes == writesBefore) {
                Set<ResourceId> whole = StatusTrue.whole(settled, sight(), oracle);
                whole.retainAll(wholeBefore);
                String denial = StatusTrue.denied(report, whole);
                if (denial != null) {
                    broken("STATUS_TRUE", denial, null);
                }
            }
        }
    }
}
