package dev.berth.reconciler.simulation;

import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
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
        if (world.repo().head().emptied()) {
            return null; // nobody knows what should be
        }
        FakeEngine engine = new FakeEngine(world.time());
        FakeTraffic edge = new FakeTraffic(world.time());
        SimWorld.furnish(engine, edge);
        PassReport fresh = passes(engine, edge);
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
        SortedSet<String> is = form(world.sight(), unlike, declared);
        SortedSet<String> shouldBe =
                form(new Sight(engine.contents(), edge.table()), unlike, declared);
        return is.equals(shouldBe)
                ? null
                : "is %s; should be %s".formatted(without(is, shouldBe), without(shouldBe, is));
    }

    private static SortedSet<String> without(Set<String> all, Set<String> these) {
        SortedSet<String> left = new TreeSet<>(all);
        left.removeAll(these);
        return left;
    }

    private @Nullable PassReport passes(FakeEngine engine, FakeTraffic edge) {
        SimProcess process = world.scheduler().process("fresh");
        List<PassReport> reports = new ArrayList<>();
        process.start(
                "loop",
                () -> {
                    LastGood memory = world.disk().readOnly();
                    Reconciler reconciler =
                            Core.of(
                                    engine,
                                    edge,
                                    () -> world.repo().look().reading(),
                                    memory,
                                    new Random(1),
                                    world.time().of(process),
                                    world.readBefore());
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

    /**
     * Apps that are not compared: what does not work in an empty engine either; what was given up
     * because somebody laid hands on it while it proved itself, and what waits for that.
     */
    private Set<ResourceId> excused(PassReport last, PassReport fresh) {
        Set<ResourceId> excused =
                fresh.resources().stream()
                        .map(ResourceStatus::id)
                        .filter(id -> id.kind() == Kind.App)
                        .filter(
                                id ->
                                        !ready(fresh, id)
                                                || (stalled(last, id) && world.oracle().wasHit(id)))
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
                                        .map(EndCheck::owner),
                                world.sight().table().routes().stream().map(Route::owner))
                        .flatMap(owners -> owners)
                        .filter(id -> !isFollowed(head, id))
                        .collect(Collectors.toSet());
        if (undeclared.size() > head.maxDeletes() || world.oracle().holdsAll(head)) {
            return undeclared;
        }
        boolean needed = // by the older version of a document that does not count now
                head.apps().entrySet().stream()
                        .anyMatch(e -> head.inDoubt(e.getKey()) || e.getValue().damage() != null);
        return needed ? Set.of(ResourceId.app(Spec.PREREQUISITE)) : Set.of();
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

    private static ResourceId owner(FakeEngine.Item item) {
        String name = item.labels().getOrDefault(Labels.NAME, "");
        return "job".equals(item.labels().get(Labels.KIND))
                ? new ResourceId(Kind.Job, name)
                : ResourceId.app(name);
    }

    private Stream<ResourceId> networks() {
        return world.sight().engine().networks().values().stream()
                .filter(labels -> !"job".equals(labels.get(Labels.KIND)))
                .map(labels -> ResourceId.app(labels.getOrDefault(Labels.NAME, "")));
    }

    private static boolean ready(PassReport report, ResourceId id) {
        return is(report, id, ConditionType.Ready);
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

    private static SortedSet<String> form(
            Sight sight, Set<ResourceId> unlike, Set<ResourceId> declared) {
        SortedSet<String> lines = new TreeSet<>();
        for (FakeEngine.Item item : sight.engine().containers()) {
            ContainerView view = item.view();
            if (view != null
                    && Sight.INSTANCE.equals(item.labels().get(Labels.INSTANCE))
                    && !unlike.contains(view.owner())) {
                String line = slot(view) + " " + view.specHash().substring(0, 8);
                while (!lines.add(line + (view.running() ? " runs" : " does not run"))) {
                    line += " again";
                }
            }
        }
        for (Route route : sight.table().routes()) {
            if (!unlike.contains(route.owner())) {
                lines.add("route %s %s".formatted(route.host(), target(route, sight)));
            }
        }
        sight.engine()
                .networks()
                .forEach(
                        (name, labels) -> {
                            ResourceId app = ResourceId.app(labels.getOrDefault(Labels.NAME, ""));
                            if (!"job".equals(labels.get(Labels.KIND))
                                    && Sight.INSTANCE.equals(labels.get(Labels.INSTANCE))
                                    && !declared.contains(app)
                                    && !unlike.contains(app)) {
                                lines.add("network " + name);
                            }
                        });
        return lines;
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
