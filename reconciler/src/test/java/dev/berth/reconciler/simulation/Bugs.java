package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.cleanup.CleanupFacts;
import dev.berth.reconciler.cleanup.CleanupPlanner;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.cleanup.work.Cleaner;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownOf;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ContainerSpec;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.ledger.ReleaseLedger;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.PastReleases;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.status.StatusOf;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Mistakes that control could make, one guard broken in each. */
enum Bugs implements Bug {
    /** A repo that can't be read is taken for one without apps. */
    UNREADABLE_IS_EMPTY {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return port.go() instanceof SourceReading.Fresh(var revision, SimTree tree)
                            && tree.isCut()
                    ? new SourceReading.Fresh(revision, new SimTree(Tree.FIRST.files(), false))
                    : port.go();
        }
    },
    /** An engine that does not answer is taken for an empty one. */
    UNSEEN_IS_EMPTY {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            try {
                return port.go();
            } catch (ReconcileException e) {
                return switch (port.method()) {
                    case "containers" -> List.of();
                    case "networks" -> Map.of();
                    default -> throw e;
                };
            }
        }

        @Override
        boolean mayShow(History history) {
            return history.events().stream()
                    .anyMatch(
                            event ->
                                    event instanceof Event.EngineGone
                                            || (event instanceof Event.EngineFails fails
                                                    && fails.call() == EngineCall.CONTAINERS));
        }
    },
    /** Data that may go goes also while nobody can see what is. */
    TAKES_DATA_UNSEEN {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            try {
                return port.go();
            } catch (ReconcileException e) {
                if (port.method().equals("containers")) {
                    for (String volume : port.world().dataToGo()) {
                        port.engine().removeVolume(volume);
                    }
                }
                throw e;
            }
        }

        @Override
        boolean mayShow(History history) {
            return oneIsBlind(history)
                    && puts(history, Spec.Twist.DELETABLE)
                    && edits(history).stream()
                            .anyMatch(
                                    edit ->
                                            edit instanceof Tree.Confirm(_, boolean really)
                                                    && really);
        }
    },
    /** What has run once is cleared away also while nobody can see what is. */
    TAKES_RUNS_UNSEEN {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            try {
                return port.go();
            } catch (ReconcileException e) {
                if (port.method().equals("containers")) {
                    for (FakeEngine.Item item : port.world().engine().contents().containers()) {
                        if (Sight.isRun(item) && !Sight.running(item)) {
                            port.engine().removeContainer(item.id());
                        }
                    }
                }
                throw e;
            }
        }

        @Override
        boolean mayShow(History history) {
            return oneIsBlind(history)
                    && (puts(history, Spec.Twist.RELEASE)
                            || puts(history, Spec.Twist.CRON)
                            || edits(history).stream().anyMatch(Tree.PutJob.class::isInstance));
        }
    },
    /** Any number of apps is removed at once. */
    NO_LIMIT_OF_DELETES {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            if (port.go() instanceof SourceReading.Fresh(var revision, SimTree tree)) {
                TreeMap<String, String> files = new TreeMap<>(tree.files());
                files.computeIfPresent(
                        "berth.yaml",
                        (_, text) ->
                                text.replaceAll(
                                        "maxDeletesPerRun: [0-9]+", "maxDeletesPerRun: 99"));
                return new SourceReading.Fresh(revision, new SimTree(files, tree.isCut()));
            }
            return port.go();
        }
    },
    /** Only what containers are made of is needed. */
    NEEDS_NO_IMAGES {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            CleanupFacts facts = (CleanupFacts) port.arguments().getFirst();
            Needs needs = facts.needs();
            return CleanupPlanner.plan(
                    new CleanupFacts(
                            new Needs(
                                    needs.instance(),
                                    needs.rules(),
                                    Set.of(),
                                    needs.held(),
                                    needs.hold()),
                            facts.store(),
                            facts.ids(),
                            facts.notes(),
                            facts.disk(),
                            true,
                            facts.now()));
        }

        @Override
        boolean mayShow(History history) {
            return SimWorld.cleansUp(history);
        }
    },
    /** Traffic is switched to whatever was started. */
    SWITCH_BEFORE_READY {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return port.method().equals("awaitReady") ? "HTTP 200" : port.go();
        }
    },
    /** The old release is stopped when the new one has begun to start. */
    RETIRE_BEFORE_SWITCH {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object result = port.go();
            if (port.method().equals("startContainer")) {
                FakeEngine.Item started = port.world().sight().container(port.id().text());
                for (FakeEngine.Item item : port.world().engine().contents().containers()) {
                    if (started != null
                            && started.view() != null
                            && item.view() != null
                            && item.view().owner().equals(started.view().owner())
                            && item.view().createdAt().isBefore(started.view().createdAt())) {
                        port.engine().stopContainer(item.id(), Duration.ofSeconds(1));
                    }
                }
            }
            return result;
        }
    },
    /** What is too much is stopped before requests go to the others only. */
    STOPS_BEFORE_SWITCH {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return port.arguments().get(1) instanceof Observation.Known(var live)
                            && port.go() instanceof Plan plan
                    ? stoppingFirst(plan, live)
                    : port.go();
        }

        @Override
        boolean mayShow(History history) {
            Map<String, Spec> last = new HashMap<>();
            for (Tree.Edit edit : edits(history)) {
                if (edit instanceof Tree.Put(var app, Spec spec)) {
                    Spec was = last.put(app, spec);
                    if (was != null
                            && !spec.image().hopeless()
                            && was.equals(new Spec(spec.image(), 2, spec.twist()))
                            && spec.replicas() == 1) {
                        return true;
                    }
                }
            }
            return false;
        }
    },
    /** A container's volumes go with it. */
    VOLUMES_GO_TOO {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            if (port.method().equals("removeContainer")) {
                FakeEngine.Item item = port.world().sight().container(port.id().text());
                port.world().volumesGoWith(item);
            }
            return port.go();
        }
    },
    /** When an answer gets lost, a container is made once more, under another name. */
    CREATE_TWICE {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            try {
                return port.go();
            } catch (ReconcileException.Transient e) {
                if (!port.method().equals("createContainer")) {
                    throw e;
                }
                ContainerSpec spec = (ContainerSpec) port.arguments().getFirst();
                FakeEngine.Item lost = port.world().named(spec.name());
                if (lost != null) {
                    port.engine().startContainer(lost.id());
                }
                return port.engine().createContainer(renamed(spec));
            }
        }

        @Override
        boolean mayShow(History history) {
            return history.events().stream()
                    .anyMatch(
                            event ->
                                    event instanceof Event.EngineFails(_, var call, var after)
                                            && call == EngineCall.CREATE
                                            && after);
        }
    },
    /** Whatever has our label somewhere is ours. */
    TAKES_LOOK_ALIKES {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            if (port.method().equals("containers")) {
                for (FakeEngine.Item item : port.world().engine().contents().containers()) {
                    if (item.view() == null && !item.labels().containsKey(Labels.ROLE)) {
                        port.engine().removeContainer(item.id());
                    }
                }
            }
            return port.go();
        }
    },
    /** The repo is read once and never again. */
    READS_ONCE {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object answer = port.go();
            return answer instanceof SourceReading now ? port.world().firstOf(now) : answer;
        }
    },
    /** Every container has something in it that is another each time. */
    NEVER_THE_SAME {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            if (port.go() instanceof SourceReading.Fresh(var revision, SimTree tree)) {
                TreeMap<String, String> files = new TreeMap<>(tree.files());
                files.replaceAll(
                        (_, text) ->
                                text.replace(
                                        "replicas:",
                                        "env: {SEEN: '%d'}, replicas:"
                                                .formatted(port.world().time().nanos())));
                return new SourceReading.Fresh(revision, new SimTree(files, tree.isCut()));
            }
            return port.go();
        }
    },
    /** Whatever may be deleted is taken for confirmed. */
    CONFIRMS_ALL {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            String all =
                    SimWorld.APPS.stream()
                            .map(app -> "volume/" + app + "/data")
                            .collect(Collectors.joining(", ", "confirm: [", "]"));
            return edited(port, text -> text.replaceAll("confirm: \\[[^]]*]", all));
        }
    },
    /** What is confirmed is deleted, whatever its policy. */
    FORGETS_POLICY {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return edited(
                    port,
                    text -> text.replace("path: /data}", "path: /data, deletionPolicy: Delete}"));
        }
    },
    /** Nothing waits for anything. */
    NEEDS_NOTHING {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return edited(port, text -> text.replaceAll(", dependsOn: \\[[^]]*]", ""));
        }
    },
    /** What has ended at once is started once more. */
    RUNS_AGAIN {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object result = port.go();
            if (port.method().equals("startContainer")) {
                FakeEngine.Item started = port.world().sight().container(port.id().text());
                if (started != null && started.state() instanceof ContainerView.Exited) {
                    return port.go();
                }
            }
            return result;
        }
    },
    /** Whoever looks thinks that it writes. */
    EACH_WRITES {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return switch (port.method()) {
                case "of", "now" -> new Standing.Writer(1);
                case "check" -> null;
                default -> port.go();
            };
        }
    },
    /** A file that can't be understood keeps nothing from being deleted. */
    FREEZES_NOTHING {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return port.arguments().getFirst() instanceof DesiredState.Known known
                    ? ((Reconciler.Planning) port.real())
                            .plan(
                                    unfrozen(known),
                                    (Observation) port.arguments().get(1),
                                    (Instant) port.arguments().get(2))
                    : port.go();
        }

        @Override
        boolean mayShow(History history) {
            Set<String> removed = new HashSet<>();
            Set<String> strange = new HashSet<>();
            for (Tree.Edit edit : edits(history)) {
                switch (edit) {
                    case Tree.Remove(var app) -> removed.add(app);
                    case Tree.Clear(var app) -> removed.add(app);
                    case Tree.Break(var app, var damage) -> {
                        if (damage == Tree.Damage.STRANGE_KIND && removed.contains(app)) {
                            strange.add(app);
                        }
                    }
                    case Tree.Put _,
                            Tree.AllowDeletes _,
                            Tree.Wipe _,
                            Tree.PutJob _,
                            Tree.RemoveJob _,
                            Tree.Confirm _,
                            Tree.SetValue _,
                            Tree.SetSecret _,
                            Tree.SetAlert _,
                            Tree.Pin _,
                            Tree.Unpin _ -> {}
                }
            }
            return !strange.isEmpty() && removed.size() > 1;
        }
    },
    /** The engine is asked for whatever has a label of ours, of whichever instance. */
    TAKES_OTHERS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object ours = port.go();
            return port.method().equals("containers")
                    ? port.world().engine().contents().containers().stream()
                            .flatMap(item -> Stream.ofNullable(item.view()))
                            .sorted(ContainerView.ORDER)
                            .toList()
                    : ours;
        }
    },
    /** What is secret is given to containers as everything else is. */
    TELLS_SECRETS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return port.method().equals("createContainer")
                    ? port.engine()
                            .createContainer(told((ContainerSpec) port.arguments().getFirst()))
                    : port.go();
        }

        @Override
        boolean mayShow(History history) {
            return puts(history, Spec.Twist.SECRET);
        }
    },
    /** Whoever uses a secret or not gets something new when it changes. */
    SECRET_CONCERNS_ALL {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            String seen =
                    "env: {SEEN: '%d'}, replicas:".formatted(port.world().repo().head().secret());
            return edited(
                    port, text -> text.contains("env:") ? text : text.replace("replicas:", seen));
        }

        @Override
        boolean mayShow(History history) {
            return edits(history).stream().anyMatch(Tree.SetSecret.class::isInstance);
        }
    },
    /** Who starts again knows nothing of pins. */
    FORGETS_PINS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return port.world().restarted()
                    ? edited(port, text -> text.replaceAll(", pin: '[^']*'", ""))
                    : port.go();
        }

        @Override
        boolean mayShow(History history) {
            return edits(history).stream().anyMatch(Tree.Pin.class::isInstance)
                    && history.events().stream().anyMatch(Event.Kill.class::isInstance);
        }
    },
    /** What is to be taken over from is stopped as soon as it is seen. */
    TAKES_OVER_AT_ONCE {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            if (port.method().equals("foreign")) {
                for (Object name : (Set<?>) port.arguments().getFirst()) {
                    FakeEngine.Item item = port.world().named(name.toString());
                    if (item != null && Sight.running(item)) {
                        port.engine().stopContainer(item.id(), Duration.ofSeconds(1));
                    }
                }
            }
            return port.go();
        }

        @Override
        boolean mayShow(History history) {
            return puts(history, Spec.Twist.ADOPTS);
        }
    },
    /** What people set by hand is not looked at. */
    LEAVES_SETTINGS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object found = port.go();
            return found instanceof List<?> all && port.method().equals("containers")
                    ? all.stream().map(c -> asDeclared((ContainerView) c)).toList()
                    : found;
        }

        @Override
        boolean mayShow(History history) {
            return history.events().stream()
                    .anyMatch(
                            event ->
                                    event instanceof Event.Drift(_, _, var hand, _)
                                            && hand == Event.Hand.SET_MEMORY);
        }
    },
    /** A pass has ended when people know of it. */
    WAITS_UNTIL_TOLD {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object result = port.go();
            SimScheduler.park(() -> !port.world().tellsPeople());
            return result;
        }

        @Override
        boolean mayShow(History history) {
            return edits(history).stream().anyMatch(Tree.SetAlert.class::isInstance);
        }
    },
    /** What falls long after its switch is gone back from as well. */
    WINDOW_NEVER_OVER {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return edited(port, text -> text.replace("rollbackWindow: 2s", "rollbackWindow: 1h"));
        }

        @Override
        boolean mayShow(History history) {
            return falls(history, Spec.Twist.BRIEF);
        }
    },
    /** What had ended on purpose stands in for a release that fails later. */
    BRINGS_BACK_WHAT_ENDED {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return planned(port, past -> new PastReleases(past.lastReady(), past.lastReady()));
        }

        @Override
        boolean mayShow(History history) {
            return failsAfter(history, spec -> !spec.serves());
        }
    },
    /** What falls soon after its switch is left as it is. */
    NEVER_GOES_BACK {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return edited(
                    port,
                    text ->
                            text.contains("rollout:")
                                    ? text
                                    : text.replace(
                                            "replicas:",
                                            "rollout: {rollbackWindow: 0s}, replicas:"));
        }

        @Override
        boolean mayShow(History history) {
            return falls(history, Spec.Twist.NONE);
        }
    },
    /** Who starts again does not know what was gone back from, but all that can be gone back to. */
    FORGETS_WAYS_BACK {
        @Override
        public <T> T plant(Class<T> port, T real, SimWorld world) {
            return real instanceof Ledgers ledgers && world.restarted()
                    ? port.cast(forgetful(ledgers))
                    : real;
        }

        @Override
        boolean mayShow(History history) {
            return falls(history, Spec.Twist.NONE)
                    && history.events().stream().anyMatch(Event.Kill.class::isInstance);
        }
    },
    /** People do not hear of what was gone back from. */
    TELLS_NOBODY {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            boolean wentBack =
                    port.arguments().getFirst() instanceof PassReport report
                            && report.resources().stream()
                                    .flatMap(status -> status.conditions().stream())
                                    .anyMatch(c -> c.reason() == ReasonCode.RolledBack);
            return wentBack ? null : port.go();
        }

        @Override
        boolean mayShow(History history) {
            return falls(history, Spec.Twist.NONE)
                    && edits(history).stream().anyMatch(Tree.SetAlert.class::isInstance);
        }
    },
    /** Apps do not get the variables of their groups, none of them, ever. */
    FORGETS_GROUPS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return edited(port, text -> text.replace(", envFrom: [common]", ""));
        }

        @Override
        boolean mayShow(History history) {
            return puts(history, Spec.Twist.GROUPED);
        }
    },
    /** Images that are there are pulled again in each look. */
    NEVER_RESTS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            Object found = port.go();
            if (port.method().equals("containers") && found instanceof List<?> all) {
                for (Object each : all) {
                    ContainerTemplate template = ((ContainerView) each).template();
                    if (template != null) {
                        port.engine().pullImage(template.image(), Duration.ofMinutes(1));
                    }
                }
            }
            return found;
        }
    },
    /** A call that fails is made again at once, and again. */
    NEVER_PAUSES {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            for (int i = 0; i < 500; i++) {
                try {
                    return port.go();
                } catch (ReconcileException.Transient e) {
                    if (!port.method().equals("ensureNetwork")) {
                        throw e;
                    }
                }
            }
            return port.go();
        }

        @Override
        boolean mayShow(History history) {
            return history.events().stream().anyMatch(Event.EngineGone.class::isInstance);
        }
    },
    /** Whatever serves is said to fail. */
    NEVER_READY {
        @Override
        public PassReport plant(PassReport report) {
            return withResources(report, status -> with(status, Bugs::failing));
        }
    },
    /** What is done is said to be worked on. */
    NEVER_DONE {
        @Override
        public PassReport plant(PassReport report) {
            return withResources(report, Bugs::reconciling);
        }
    },
    /** What was started is called ready. */
    READY_TOO_SOON {
        @Override
        public PassReport plant(PassReport report) {
            return withResources(report, status -> with(status, Bugs::ready));
        }
    },
    /** Jobs are never run. */
    RUNS_NO_JOBS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return without(port, change -> starts(change, RunView.Role.JOB));
        }

        @Override
        boolean mayShow(History history) {
            return edits(history).stream().anyMatch(Tree.PutJob.class::isInstance);
        }
    },
    /** Releases start without the command that is to run before. */
    SKIPS_RELEASE_COMMANDS {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return without(port, Change.RunReleaseCommand.class::isInstance);
        }

        @Override
        boolean mayShow(History history) {
            return puts(history, Spec.Twist.RELEASE);
        }
    },
    /** Nothing is ever due by the clock. */
    FIRES_NO_SCHEDULES {
        @Override
        @Nullable Object call(Port port) throws Throwable {
            return without(port, change -> starts(change, RunView.Role.CRON));
        }

        @Override
        boolean mayShow(History history) {
            return puts(history, Spec.Twist.CRON);
        }
    },
    /** A repo that says nothing any more is said to be in order. */
    KNOWS_ALWAYS {
        @Override
        public PassReport plant(PassReport report) {
            return withResources(
                    report,
                    status ->
                            with(
                                    status,
                                    c ->
                                            c.reason() == ReasonCode.SourceUnavailable
                                                    ? as(
                                                            c,
                                                            Condition.Status.True,
                                                            ReasonCode.Succeeded)
                                                    : c));
        }

        @Override
        boolean mayShow(History history) {
            return edits(history).stream().anyMatch(Tree.Wipe.class::isInstance);
        }
    };

    /** False for histories that have nothing that it is about: no time is spent on them. */
    boolean mayShow(History history) {
        return true;
    }

    /** True when the engine does not answer some time, and nobody else may be the one to write. */
    private static boolean oneIsBlind(History history) {
        return UNSEEN_IS_EMPTY.mayShow(history)
                && history.events().stream().noneMatch(Event.Rival.class::isInstance);
    }

    private static List<Tree.Edit> edits(History history) {
        return history.events().stream()
                .flatMap(
                        event ->
                                event instanceof Event.Commit(_, _, var edits)
                                        ? edits.stream()
                                        : Stream.empty())
                .toList();
    }

    private static boolean puts(History history, Spec.Twist twist) {
        return edits(history).stream()
                .anyMatch(edit -> edit instanceof Tree.Put(_, Spec spec) && spec.twist() == twist);
    }

    /** True when an app like that falls which another release of it could have served before. */
    private static boolean falls(History history, Spec.Twist twist) {
        Set<String> served = new HashSet<>();
        for (Tree.Edit edit : edits(history)) {
            if (edit instanceof Tree.Put(var app, Spec spec)) {
                boolean falls = spec.image() == Spec.Image.FALLS && spec.twist() == twist;
                if (falls && spec.serves() && served.contains(app)) {
                    return true;
                }
                if (spec.serves() && !spec.image().hopeless()) {
                    served.add(app);
                }
            }
        }
        return false;
    }

    /** True when what never serves is declared of an app that was so just before. */
    private static boolean failsAfter(History history, Predicate<Spec> before) {
        Map<String, Spec> last = new HashMap<>();
        for (Tree.Edit edit : edits(history)) {
            if (edit instanceof Tree.Put(var app, Spec spec)) {
                Spec was = last.put(app, spec);
                if (was != null
                        && !was.image().hopeless()
                        && before.test(was)
                        && spec.image().hopeless()
                        && spec.serves()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The plan of one that remembers otherwise. */
    private static @Nullable Object planned(Port port, UnaryOperator<PastReleases> otherwise)
            throws Throwable {
        if (!(port.arguments().get(1) instanceof Observation.Known(var live))) {
            return port.go();
        }
        Map<ResourceId, PastReleases> past = new HashMap<>(live.past());
        past.replaceAll((_, its) -> otherwise.apply(its));
        return ((Reconciler.Planning) port.real())
                .plan(
                        (DesiredState) port.arguments().getFirst(),
                        new Observation.Known(live.withPast(past)),
                        (Instant) port.arguments().get(2));
    }

    /** The plan of one that stops what is too much first, where all that stays serves already. */
    private static Plan stoppingFirst(Plan plan, LiveState live) {
        List<Change> changes = new ArrayList<>();
        plan.byResource()
                .values()
                .forEach(
                        own -> {
                            boolean now = own.stream().anyMatch(c -> isLess(c, live));
                            Predicate<Change> first =
                                    c -> now && c instanceof Change.RetireContainers;
                            changes.addAll(own.stream().filter(first).toList());
                            changes.addAll(own.stream().filter(first.negate()).toList());
                        });
        return new Plan(
                plan.revision(),
                changes,
                plan.unchanged(),
                plan.unknown(),
                plan.wanted(),
                plan.orphans(),
                plan.nextDue());
    }

    private static boolean isLess(Change change, LiveState live) {
        return change
                        instanceof
                        Change.SwitchTraffic(
                                _,
                                _,
                                Change.ToContainers(var serving, boolean withNew),
                                _)
                && !withNew
                && !serving.isEmpty()
                && serving.stream()
                        .allMatch(c -> live.routes().inTraffic().contains(c.id().shortId()));
    }

    private static boolean starts(Change change, RunView.Role role) {
        return change instanceof Change.StartRun start && start.run().role() == role;
    }

    /** The plan of one that never has such changes in it. */
    private static @Nullable Object without(Port port, Predicate<Change> which) throws Throwable {
        return port.go() instanceof Plan plan
                ? new Plan(
                        plan.revision(),
                        plan.changes().stream().filter(which.negate()).toList(),
                        plan.unchanged(),
                        plan.unknown(),
                        plan.wanted(),
                        plan.orphans(),
                        plan.nextDue())
                : null;
    }

    private static Ledgers forgetful(Ledgers ledgers) {
        ReleaseLedger releases = ReleaseLedger.inMemory();
        for (String name : SimWorld.APPS) {
            ResourceId app = ResourceId.app(name);
            ledgers.releases().of(app).reversed().forEach(it -> releases.ready(app, it, 5));
        }
        return new Ledgers(ledgers.schedules(), releases);
    }

    private static ContainerSpec told(ContainerSpec spec) {
        TreeMap<String, String> env = new TreeMap<>(spec.template().env());
        spec.secretEnv().forEach((name, value) -> env.put(name, value.text()));
        return new ContainerSpec(
                spec.name(),
                spec.instance(),
                spec.app(),
                spec.process(),
                spec.slot(),
                spec.template().edit().env(env).make(),
                spec.release(),
                spec.revision(),
                spec.network(),
                spec.aliases(),
                spec.dependsOn(),
                spec.secretEnv());
    }

    private static ContainerView asDeclared(ContainerView view) {
        return new ContainerView(
                view.id(),
                view.name(),
                view.owner(),
                view.process(),
                view.slot(),
                view.specHash(),
                view.template(),
                view.release(),
                view.revision(),
                view.state(),
                view.addresses(),
                view.publishedPort(),
                new ContainerView.Actual(0, 0, "unless-stopped"),
                view.createdAt(),
                view.dependsOn());
    }

    private static DesiredState.Known unfrozen(DesiredState.Known known) {
        return new KnownOf(known).pruneHold(null).make();
    }

    /** The repo with other texts in it. */
    private static @Nullable Object edited(Port port, UnaryOperator<String> edit) throws Throwable {
        if (port.go() instanceof SourceReading.Fresh(var revision, SimTree tree)) {
            TreeMap<String, String> files = new TreeMap<>(tree.files());
            files.replaceAll((_, text) -> edit.apply(text));
            return new SourceReading.Fresh(revision, new SimTree(files, tree.isCut()));
        }
        return port.go();
    }

    /** A call of control to one of its ports. */
    record Port(Object real, Method called, List<Object> arguments, SimWorld world) {
        String method() {
            return called.getName();
        }

        ContainerId id() {
            return (ContainerId) arguments.getFirst();
        }

        ContainerEngine engine() {
            return (ContainerEngine) real;
        }

        /** Makes it. */
        @Nullable Object go() throws Throwable {
            try {
                return called.invoke(real, arguments.toArray());
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }

    /** Makes the call, or does something else. */
    @Nullable Object call(Port port) throws Throwable {
        return port.go();
    }

    @Override
    public <T> T plant(Class<T> port, T real, SimWorld world) {
        if (!concerns(port)) {
            return real;
        }
        return port.cast(
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) ->
                                call(
                                        new Port(
                                                real,
                                                method,
                                                arguments == null ? List.of() : List.of(arguments),
                                                world))));
    }

    private boolean concerns(Class<?> port) {
        return port.equals(
                switch (this) {
                    case UNREADABLE_IS_EMPTY,
                            NO_LIMIT_OF_DELETES,
                            READS_ONCE,
                            NEVER_THE_SAME,
                            CONFIRMS_ALL,
                            FORGETS_POLICY,
                            NEEDS_NOTHING,
                            SECRET_CONCERNS_ALL,
                            FORGETS_PINS,
                            FORGETS_GROUPS,
                            WINDOW_NEVER_OVER,
                            NEVER_GOES_BACK ->
                            GitSource.class;
                    case UNSEEN_IS_EMPTY,
                            TAKES_DATA_UNSEEN,
                            TAKES_RUNS_UNSEEN,
                            RETIRE_BEFORE_SWITCH,
                            VOLUMES_GO_TOO,
                            CREATE_TWICE,
                            RUNS_AGAIN,
                            TAKES_LOOK_ALIKES,
                            TAKES_OTHERS,
                            TELLS_SECRETS,
                            TAKES_OVER_AT_ONCE,
                            NEVER_RESTS,
                            NEVER_PAUSES,
                            LEAVES_SETTINGS ->
                            ContainerEngine.class;
                    case WAITS_UNTIL_TOLD, TELLS_NOBODY -> Telling.class;
                    case FREEZES_NOTHING,
                            BRINGS_BACK_WHAT_ENDED,
                            STOPS_BEFORE_SWITCH,
                            RUNS_NO_JOBS,
                            SKIPS_RELEASE_COMMANDS,
                            FIRES_NO_SCHEDULES ->
                            Reconciler.Planning.class;
                    case NEEDS_NO_IMAGES -> Cleaner.Planning.class;
                    case SWITCH_BEFORE_READY -> TrafficSwitch.class;
                    case EACH_WRITES -> Writership.class;
                    case FORGETS_WAYS_BACK -> Ledgers.class;
                    case READY_TOO_SOON, NEVER_READY, NEVER_DONE, KNOWS_ALWAYS -> PassReport.class;
                });
    }

    private static ContainerSpec renamed(ContainerSpec spec) {
        return new ContainerSpec(
                spec.name() + "_again",
                spec.instance(),
                spec.app(),
                spec.process(),
                spec.slot(),
                spec.template(),
                spec.release(),
                spec.revision(),
                spec.network(),
                spec.aliases());
    }

    private static PassReport withResources(PassReport report, UnaryOperator<ResourceStatus> edit) {
        return new PassReport(
                report.id(),
                report.trigger(),
                report.revision(),
                report.author(),
                report.startedAt(),
                report.duration(),
                report.plan(),
                report.changes(),
                report.problems(),
                report.resources().stream().map(edit).toList());
    }

    private static Condition ready(Condition c) {
        return c.type() == ConditionType.Ready ? as(c, Condition.Status.True, c.reason()) : c;
    }

    private static Condition failing(Condition c) {
        return c.type() == ConditionType.Ready
                ? as(c, Condition.Status.False, ReasonCode.HealthCheckFailed)
                : c;
    }

    private static Condition as(Condition c, Condition.Status status, ReasonCode reason) {
        return new Condition(
                c.type(),
                status,
                reason,
                c.message(),
                c.observedGeneration(),
                c.lastTransitionTime());
    }

    private static ResourceStatus reconciling(ResourceStatus status) {
        Condition now = status.conditions().getFirst();
        Condition more =
                new Condition(
                        ConditionType.Reconciling,
                        Condition.Status.True,
                        ReasonCode.Progressing,
                        "",
                        now.observedGeneration(),
                        now.lastTransitionTime());
        return with(status, Stream.concat(status.conditions().stream(), Stream.of(more)).toList());
    }

    private static ResourceStatus with(ResourceStatus status, UnaryOperator<Condition> edit) {
        return with(status, status.conditions().stream().map(edit).toList());
    }

    private static ResourceStatus with(ResourceStatus status, List<Condition> conditions) {
        return new StatusOf(status).conditions(conditions).make();
    }
}
