package dev.berth.reconciler.simulation;

import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.cleanup.Housekeeping;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.ledger.ScheduleLedger;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When faults have stopped for some time, the world is what one pass over the same repo makes of an
 * empty engine and an empty edge; and nothing is left to do.
 */
final class EndCheck {
    private static final Duration ENOUGH = Duration.ofMinutes(5);

    /** So many passes at most need those that depend on others. */
    private static final int DEPTH = 2;

    private final SimWorld world;

    EndCheck(SimWorld world) {
        this.world = world;
    }

    @Nullable String broken() {
        PassReport last = world.lastReport();
        if (last == null || world.control().atWork()) {
            return "control is still at work";
        }
        if (world.repo().head().emptied() || !world.oracle().everKnew()) {
            LastKnown known = world.oracle().lastKnown();
            return !saysThatItDoesNotKnow(last)
                    ? "control knows what nobody can know"
                    : known == null ? null : notLeftAlone(known);
        }
        FakeEngine engine = new FakeEngine(world.time());
        FakeTraffic edge = new FakeTraffic(world.time());
        PassReport fresh = passes(engine, edge, () -> world.repo().look().reading());
        if (fresh == null) {
            return "a pass over an empty engine does not end";
        }
        Set<ResourceId> unlike = new TreeSet<>(excused(last, fresh));
        unlike.addAll(kept());
        Set<ResourceId> declared =
                fresh.resources().stream().map(ResourceStatus::id).collect(Collectors.toSet());
        String data = dataLeft(unlike);
        if (data != null) {
            return data + " is to be deleted, and is there";
        }
        Wanted wanted = new Wanted(declared, sharedIn(engine));
        SortedSet<String> is = form(world.engine(), world.edge(), unlike, wanted);
        SortedSet<String> shouldBe = form(engine, edge, unlike, wanted);
        String restless = restless(last, unlike);
        if (restless != null) {
            return restless;
        }
        String vain = leftInVain(last);
        if (vain != null) {
            return vain;
        }
        String back = notBack();
        if (back != null) {
            return back;
        }
        String down = standInIsDown(last);
        if (down != null) {
            return down;
        }
        String told =
                world.tellsPeople()
                        ? world.oracle().waysBack().toldWrongly(world.disk().outbox())
                        : null;
        if (told != null) {
            return told;
        }
        String runs = new RunsCheck(world, world.repo().head()).broken(last, unlike);
        if (runs != null) {
            return runs;
        }
        String left = notTakenOver(unlike);
        if (left != null) {
            return left + " still runs, and its successor serves";
        }
        return is.equals(shouldBe)
                ? null
                : "is %s; should be %s".formatted(without(is, shouldBe), without(shouldBe, is));
    }

    /** What served as declared when the repo was emptied is as it was, unless it was disturbed. */
    private @Nullable String notLeftAlone(LastKnown known) {
        FakeEngine engine = new FakeEngine(world.time());
        FakeTraffic edge = new FakeTraffic(world.time());
        PassReport fresh = passes(engine, edge, () -> SimRepo.readingOf(known.tree()));
        if (fresh == null) {
            return "a pass over an empty engine does not end";
        }
        Set<ResourceId> unlike =
                SimWorld.APPS.stream()
                        .map(ResourceId::app)
                        .filter(
                                app ->
                                        !known.whole().contains(app)
                                                || !is(fresh, app, ConditionType.Ready)
                                                || mayBeDisturbed(app.name(), known.tree()))
                        .collect(Collectors.toSet());
        Wanted wanted = new Wanted(known.whole(), sharedIn(engine));
        SortedSet<String> is = form(world.engine(), world.edge(), unlike, wanted);
        SortedSet<String> was = form(engine, edge, unlike, wanted);
        if (!known.routed()) {
            Stream.of(is, was).forEach(all -> all.removeIf(line -> line.startsWith("route ")));
        }
        return is.equals(was)
                ? null
                : "is %s; was %s before the repo was emptied"
                        .formatted(without(is, was), without(was, is));
    }

    private boolean mayBeDisturbed(String app, Tree tree) {
        Tree.Doc doc = tree.apps().get(app);
        return world.oracle().hits().some(app)
                || (doc != null && doc.spec().image() == Spec.Image.FALLS);
    }

    private static boolean saysThatItDoesNotKnow(PassReport last) {
        return last.resources().stream()
                .flatMap(status -> Stream.ofNullable(status.condition(ConditionType.Ready)))
                .anyMatch(ready -> ready.reason() == ReasonCode.SourceUnavailable);
    }

    /** There is nothing left to fall of what has fallen so often as it does. */
    private static void stands(FakeEngine engine, String app) {
        engine.withRegistryImage(Spec.reference(app, Spec.Image.FALLS), new ImageBehaviour.Runs());
    }

    private static SortedSet<String> without(Set<String> all, Set<String> these) {
        SortedSet<String> left = new TreeSet<>(all);
        left.removeAll(these);
        return left;
    }

    private @Nullable PassReport passes(FakeEngine engine, FakeTraffic edge, GitSource source) {
        SimWorld.furnish(engine, edge);
        SimWorld.APPS.forEach(app -> stands(engine, app));
        SimProcess process = world.scheduler().process("fresh");
        List<PassReport> reports = new ArrayList<>();
        process.start(
                "loop",
                () -> {
                    Reconciler reconciler =
                            Core.of(
                                    engine,
                                    edge,
                                    source,
                                    anew(),
                                    new Random(1),
                                    world.time().of(process),
                                    world.readBefore(),
                                    Planner::plan);
                    try {
                        PassReport made = reconciler.reconcile(new Trigger.Started());
                        for (int i = 0; i < DEPTH && waits(made); i++) {
                            made = reconciler.reconcile(new Trigger.Poll());
                        }
                        reports.add(made);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        world.run(ENOUGH);
        return reports.isEmpty() ? null : reports.getFirst();
    }

    /** It has seen nothing run, but knows what can be gone back to. */
    private Core.Own anew() {
        SimDisk disk = world.disk();
        return new Core.Own(
                disk.readOnly(),
                disk.vault().copy(),
                new Reconciler.Tenure(
                        Writership.ALONE,
                        Recollection.NONE,
                        new StartedJobs(),
                        new Ledgers(ScheduleLedger.inMemory(), disk.ledgers().releases()),
                        Housekeeping.NONE,
                        Registries.none(),
                        _ -> {},
                        Reconciler.Tls.NONE));
    }

    /**
     * Apps that are not compared: what does not work in an empty engine either, unless that says
     * how it is to be; what was given up because it fell, or somebody laid hands on it, before it
     * was ever ready; and what waits for those.
     */
    private Set<ResourceId> excused(PassReport last, PassReport fresh) {
        Set<ResourceId> excused =
                fresh.resources().stream()
                        .map(ResourceStatus::id)
                        .filter(id -> id.kind() == Kind.App)
                        .filter(
                                id ->
                                        failsAnywhere(fresh, id)
                                                || (stalled(last, id) && mayHaveFailed(id)))
                        .collect(Collectors.toSet());
        if (excused.contains(ResourceId.app(Spec.PREREQUISITE))) {
            world.repo()
                    .head()
                    .apps()
                    .forEach(
                            (app, doc) -> {
                                if (doc.spec().depends(app)) {
                                    excused.add(ResourceId.app(app));
                                }
                            });
        }
        return excused;
    }

    /**
     * What is suspended, or has gone back, is not ready, and as it should be. What never serves has
     * not gone back, whatever serves in its place.
     */
    private boolean failsAnywhere(PassReport fresh, ResourceId app) {
        boolean inVain = isInVain(world.repo().head().apps().get(app.name()));
        return fresh.resources().stream()
                .filter(status -> status.id().equals(app))
                .map(status -> status.condition(ConditionType.Ready))
                .noneMatch(
                        ready ->
                                ready != null
                                        && (ready.status() == Condition.Status.True
                                                || ready.reason() == ReasonCode.Suspended
                                                || (ready.reason() == ReasonCode.RolledBack
                                                        && !inVain)));
    }

    private boolean mayHaveFailed(ResourceId app) {
        return world.oracle().waysBack().fellBeforeReady(app.name());
    }

    /** What is to be removed, and is not until a person says so. */
    private Set<ResourceId> kept() {
        Tree head = world.repo().head();
        Set<ResourceId> undeclared =
                Stream.of(
                                networks(),
                                world.sight().engine().containers().stream()
                                        .flatMap(item -> Stream.ofNullable(item.view()))
                                        .map(ContainerView::owner),
                                world.sight().engine().containers().stream()
                                        .filter(Sight::ours)
                                        .filter(item -> item.labels().containsKey(Labels.ROLE))
                                        .map(Sight::owner),
                                world.sight().table().routes().stream().map(Route::owner))
                        .flatMap(owners -> owners)
                        .filter(id -> !isFollowed(head, id))
                        .collect(Collectors.toSet());
        if (undeclared.size() > head.maxDeletes() || world.oracle().holdsAll(head)) {
            return undeclared;
        }
        ResourceId prerequisite = ResourceId.app(Spec.PREREQUISITE);
        boolean needed = // by the older version of a document that does not count now
                head.apps().entrySet().stream()
                        .anyMatch(e -> head.inDoubt(e.getKey()) || e.getValue().damage() != null);
        boolean kept = // for the release of before of an app whose new one fails
                undeclared.contains(prerequisite)
                        && world.sight().engine().containers().stream()
                                .flatMap(item -> Stream.ofNullable(item.view()))
                                .anyMatch(view -> view.dependsOn().contains(prerequisite));
        return needed || kept ? Set.of(prerequisite) : Set.of();
    }

    private boolean isFollowed(Tree head, ResourceId id) {
        if (id.kind() == Kind.Job) {
            return head.jobs().containsKey(id.name());
        }
        Tree.Doc doc = head.apps().get(id.name());
        return doc != null && (doc.damage() == null || !world.oracle().holdsAll(head));
    }

    private static boolean waits(PassReport report) {
        return report.resources().stream()
                .map(status -> status.condition(ConditionType.Ready))
                .anyMatch(
                        ready -> ready != null && ready.reason() == ReasonCode.DependencyNotReady);
    }

    /** Data that is to be deleted, and is there. */
    private @Nullable String dataLeft(Set<ResourceId> unlike) {
        Tree head = world.repo().head();
        return world.sight().engine().volumes().keySet().stream()
                .filter(volume -> volume.endsWith("_data"))
                .filter(volume -> world.oracle().mayLose(volume, List.of(head)))
                .filter(
                        volume ->
                                unlike.stream()
                                        .noneMatch(
                                                app ->
                                                        volume.equals(
                                                                ObjectNames.volume(
                                                                        Sight.INSTANCE,
                                                                        app,
                                                                        "data"))))
                .filter(volume -> head.apps().keySet().stream().noneMatch(a -> volume.contains(a)))
                .findFirst()
                .orElse(null);
    }

    /** What an app that serves was to take over from, and runs. */
    private @Nullable String notTakenOver(Set<ResourceId> unlike) {
        return world.repo().head().apps().entrySet().stream()
                .filter(e -> e.getValue().spec().twist() == Spec.Twist.ADOPTS)
                .filter(e -> e.getValue().damage() == null && e.getValue().spec().serves())
                .filter(e -> !unlike.contains(ResourceId.app(e.getKey())))
                .map(e -> Spec.predecessor(e.getKey()))
                .filter(name -> Sight.running(world.named(name)))
                .findFirst()
                .orElse(null);
    }

    /** What is still worked on, or planned again, although it is as it should be. */
    private @Nullable String restless(PassReport last, Set<ResourceId> unlike) {
        return Stream.concat(
                        last.resources().stream()
                                .map(ResourceStatus::id)
                                .filter(id -> is(last, id, ConditionType.Reconciling))
                                .filter(id -> world.repo().head().apps().containsKey(id.name()))
                                .filter(id -> id.kind() == Kind.App && !unlike.contains(id))
                                .map(id -> id + " is Reconciling, and nothing is left to do"),
                        last.changes().stream()
                                .filter(change -> concerns(change, unlike))
                                .map(
                                        c ->
                                                "%s: %s is planned again"
                                                        .formatted(c.resource(), c.what())))
                .findFirst()
                .orElse(null);
    }

    private boolean concerns(PassReport.ChangeReport change, Set<ResourceId> unlike) {
        return world.repo().head().apps().keySet().stream()
                .map(ResourceId::app)
                .anyMatch(
                        app ->
                                app.toString().equals(change.resource().toString())
                                        && !unlike.contains(app));
    }

    /** A container of a release that never serves and was given up. */
    private @Nullable String leftInVain(PassReport last) {
        Tree head = world.repo().head();
        return world.sight().engine().containers().stream()
                .filter(Sight::ours)
                .flatMap(item -> Stream.ofNullable(item.view()))
                .filter(
                        view ->
                                stalled(last, view.owner())
                                        && isInVain(head.apps().get(view.owner().name()))
                                        && world.oracle().waysBack().isDeclared(view))
                .map(view -> view.name() + " is there, and was given up")
                .findFirst()
                .orElse(null);
    }

    private static boolean isInVain(Tree.@Nullable Doc doc) {
        return doc != null && doc.damage() == null && doc.spec().image().hopeless();
    }

    /** What has gone back, and is not there. */
    private @Nullable String notBack() {
        Tree head = world.repo().head();
        for (String app : head.apps().keySet()) {
            String to = world.oracle().waysBack().thereAt(app, head.generation(app));
            if (to != null && !WaysBack.isServedBy(to, ResourceId.app(app), world.sight())) {
                return "%s has gone back to %s, and it does not serve".formatted(app, to);
            }
        }
        return null;
    }

    /** What served before a release that never will, and was lost. */
    private @Nullable String standInIsDown(PassReport last) {
        for (Map.Entry<String, Tree.Doc> each : world.repo().head().apps().entrySet()) {
            ResourceId app = ResourceId.app(each.getKey());
            String before = world.oracle().servedLast().readyOf(each.getKey());
            if (before != null
                    && isInVain(each.getValue())
                    && isPlain(each.getValue().spec())
                    && stalled(last, app)
                    && !world.asksWhoWrites()
                    && !WaysBack.isServedBy(before, app, world.sight())) {
                return "%s served with %s before what is declared failed, and is down"
                        .formatted(app, before);
            }
        }
        return null;
    }

    /** It waits for nobody, and all that it is made of is as it was. */
    private static boolean isPlain(Spec spec) {
        return spec.serves()
                && spec.twist() != Spec.Twist.DEPENDS
                && spec.twist() != Spec.Twist.SECRET;
    }

    private Stream<ResourceId> networks() {
        return world.sight().engine().networks().values().stream().map(Sight::owner);
    }

    private static boolean stalled(PassReport report, ResourceId id) {
        return is(report, id, ConditionType.Stalled);
    }

    private static boolean is(PassReport report, ResourceId id, ConditionType type) {
        return report.resources().stream()
                .filter(status -> status.id().equals(id))
                .map(status -> status.condition(type))
                .anyMatch(c -> c != null && c.status() == Condition.Status.True);
    }

    /** All that can be told of it from outside, but what another history makes otherwise. */
    private SortedSet<String> form(
            FakeEngine engine, FakeTraffic edge, Set<ResourceId> unlike, Wanted wanted) {
        Sight sight = new Sight(engine.contents(), edge.table());
        SortedSet<String> lines = new TreeSet<>();
        for (FakeEngine.Item item : sight.engine().containers()) {
            ContainerView view = item.view();
            if (view != null && Sight.ours(item) && !unlike.contains(view.owner())) {
                String line =
                        "%s %s %s".formatted(slot(view), make(view), engine.secretsOf(item.name()));
                while (!lines.add(line + " " + view.state().getClass().getSimpleName())) {
                    line += " again";
                }
            }
        }
        for (Route route : sight.table().routes()) {
            if (!unlike.contains(route.owner())) {
                lines.add(
                        "route %s%s %s %s %s"
                                .formatted(
                                        route.host(),
                                        route.path(),
                                        route.owner(),
                                        target(route, sight),
                                        route.policy()));
            }
        }
        sight.engine()
                .networks()
                .forEach((name, l) -> shared("network", name, l, unlike, wanted, lines));
        sight.engine()
                .volumes()
                .forEach((name, l) -> shared("volume", name, l, unlike, wanted, lines));
        return lines;
    }

    /**
     * What must be there, and who may have more than that.
     *
     * @param names of networks and volumes
     */
    private record Wanted(Set<ResourceId> declared, Set<String> names) {}

    private static Set<String> sharedIn(FakeEngine engine) {
        Set<String> names = new TreeSet<>(engine.contents().networks().keySet());
        names.addAll(engine.contents().volumes().keySet());
        return names;
    }

    /** What an app had once may stay while it is declared; data always may. */
    private static void shared(
            String what,
            String name,
            Map<String, String> labels,
            Set<ResourceId> unlike,
            Wanted wanted,
            SortedSet<String> lines) {
        ResourceId app = ResourceId.app(labels.getOrDefault(Labels.NAME, ""));
        boolean mayStay = what.equals("volume") || wanted.declared().contains(app);
        if (!"job".equals(labels.get(Labels.KIND))
                && Sight.INSTANCE.equals(labels.get(Labels.INSTANCE))
                && !unlike.contains(app)
                && (wanted.names().contains(name) || !mayStay)) {
            lines.add("%s %s %s".formatted(what, name, labels));
        }
    }

    /** What a container is made of, as it was asked for and as it is. */
    private static String make(ContainerView view) {
        return "%s %s %s %s %s"
                .formatted(
                        view.specHash(),
                        view.release(),
                        view.template(),
                        view.actual(),
                        view.addresses().keySet());
    }

    private static String slot(ContainerView view) {
        return "%s %s %d".formatted(view.owner(), view.process(), view.slot());
    }

    private static String target(Route route, Sight sight) {
        return route.target() instanceof Route.Proxy(var backends)
                ? backends.stream()
                        .map(backend -> sight.container(backend.container()))
                        .map(i -> i == null || i.view() == null ? "nothing" : slot(i.view()))
                        .sorted()
                        .toList()
                        .toString()
                : route.target().toString();
    }
}
