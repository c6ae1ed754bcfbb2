package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.FakeHands;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.simulation.Event.Hand;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the events of a history happen in a world. */
final class Happenings {
    private static final Trigger PUSH = new Trigger.RepoChanged("the config repo");

    private final SimWorld world;
    private int lookAlikes;

    Happenings(SimWorld world) {
        this.world = world;
    }

    void plan(History history) {
        for (Event event : history.events()) {
            world.at(event.at(), event.calls(), event, () -> happen(event));
        }
    }

    void happen(Event event) {
        switch (event) {
            case Event.Commit(_, _, var edits) -> commit(edits);
            case Event.ForcePush(_, int back) -> {
                world.repo().forcePush(back);
                world.tell(PUSH);
            }
            case Event.Revert _ -> {
                world.repo().revert();
                world.tell(PUSH);
            }
            case Event.GitTrouble(_, var trouble, var lasts) -> {
                world.repo().trouble(trouble);
                later(event, lasts, () -> world.repo().trouble(null));
            }
            case Event.Drift(_, _, var hand, int victim) -> drift(hand, victim);
            case Event.LookAlike(_, var app, var disguise) -> lookAlike(app, disguise);
            case Event.EngineSlow(_, var each, var lasts) -> {
                world.faults().latency(each);
                later(event, lasts, () -> world.faults().latency(Duration.ZERO));
            }
            case Event.EngineFails(_, var call, boolean afterEffect) -> {
                if (afterEffect) {
                    world.faults().loseAnswerOfNext(call);
                } else {
                    world.faults().failNext(call);
                }
            }
            case Event.EngineGone(_, _, var lasts) -> {
                world.engine().down();
                later(event, lasts, world.engine()::up);
            }
            case Event.EdgeGone(_, _, var lasts) -> {
                world.edge().connected(false);
                later(event, lasts, this::edgeBack);
            }
            case Event.EdgeForgets _ -> {
                world.edgeForgets();
                world.tell(new Trigger.EdgeConnected());
            }
            case Event.EdgeLosesAnswer _ -> world.faults().loseAnswerOfNextRoutes();
            case Event.Kill(_, _, boolean afterEffect, var away) ->
                    world.control().rim().dieNext(afterEffect, away);
            case Event.ClockJumps(_, var by) -> {
                world.oracle().clockWasSet();
                world.control().clock().jump(by);
            }
            case Event.Triggers(_, _, int times) -> {
                for (int i = 0; i < times; i++) {
                    world.tell(PUSH);
                }
            }
            case Event.DatabaseGone(_, var lasts) -> {
                world.databaseGone(true);
                later(event, lasts, () -> world.databaseGone(false));
            }
            case Event.Rival(_, var lasts, boolean stays) -> {
                world.rival();
                later(event, lasts, () -> world.endRivalry(stays));
            }
            case Event.TriggersReordered(_, var lasts) -> {
                world.confused(true);
                later(event, lasts, () -> world.confused(false));
            }
            case Event.TriggersLost(_, var lasts) -> {
                world.deaf(true);
                later(event, lasts, () -> world.deaf(false));
            }
        }
    }

    private void later(Event event, Duration after, Runnable deed) {
        world.after(after, event, deed);
    }

    private void commit(List<Tree.Edit> edits) {
        Tree tree = world.repo().head();
        for (Tree.Edit edit : edits) {
            tree = edit instanceof Tree.Pin pin ? pinned(tree, pin) : tree.with(edit);
        }
        world.repo().push(tree);
        world.tell(PUSH);
    }

    /** To what can be gone back to and listens at a port, as all do but workers. */
    private Tree pinned(Tree tree, Tree.Pin pin) {
        List<Tree.Release> known =
                world.disk().ledgers().releases().of(ResourceId.app(pin.app())).stream()
                        .filter(
                                release ->
                                        release.processes().values().stream()
                                                .allMatch(process -> process.port() != null))
                        .map(release -> new Tree.Release(release.id(), release.image()))
                        .toList();
        return known.isEmpty() || !tree.apps().containsKey(pin.app())
                ? tree
                : tree.pinned(pin.app(), known.get(pin.which() % known.size()));
    }

    private void edgeBack() {
        world.edge().connected(true);
        world.tell(new Trigger.EdgeConnected());
    }

    /** Faults end, what is broken is there again, control runs; what people did stays. */
    void allIsWell() {
        world.endRivalry(false);
        world.faults().stop();
        world.engine().up();
        world.edge().connected(true);
        world.repo().trouble(null);
        world.deaf(false);
        world.confused(false);
        world.databaseGone(false);
        world.control().rim().spare();
        for (FakeEngine.Item item : world.engine().contents().containers()) {
            if (world.oracle().hits().was(item.id().shortId())) {
                world.engine().byHand().recover(item.name());
                world.started(world.sight().container(item.id().text()));
            }
        }
        world.restart();
        world.tell(PUSH);
        world.tell(new Trigger.EdgeConnected());
    }

    private void drift(Hand hand, int victim) {
        List<FakeEngine.Item> ours =
                world.engine().contents().containers().stream()
                        .filter(item -> item.view() != null || Sight.isRun(item))
                        .filter(Sight::ours)
                        .toList();
        if (ours.isEmpty()) {
            return;
        }
        FakeEngine.Item item = ours.get(victim % ours.size());
        world.hit(item, hand);
        if (Sight.isRun(item)) {
            world.oracle().runHit(item, world.asksWhoWrites());
        }
        lay(world.engine().byHand(), hand, item);
        world.started(world.sight().container(item.id().text()));
    }

    private void lay(FakeHands hands, Hand hand, FakeEngine.Item item) {
        String name = item.name();
        ResourceId owner = Sight.owner(item);
        String network = ObjectNames.network(Sight.INSTANCE, owner);
        switch (hand) {
            case REMOVE -> hands.remove(name);
            case STOP -> hands.stop(name);
            case PAUSE -> {
                if (Sight.running(item)) {
                    hands.pause(name);
                }
            }
            case SET_MEMORY -> hands.setMemory(name, 64 << 20);
            case SET_RESTART_POLICY -> hands.setRestartPolicy(name, "no");
            case DISCONNECT -> hands.disconnect(name, network);
            case CRASH -> {
                if (Sight.running(item)) {
                    hands.crash(name, 1);
                }
            }
            case CRASH_LOOP -> {
                if (Sight.running(item)) {
                    hands.crashLoop(name, 1);
                }
            }
            case RENAME -> hands.rename(name, name + "-old");
            case START -> {
                if (world.engine().contents().networks().containsKey(network)) {
                    hands.start(name);
                }
            }
            case REMOVE_NETWORK -> {
                hitAll(owner);
                hands.removeNetwork(network);
            }
            case REMOVE_IMAGE -> {
                ContainerView view = item.view();
                if (view != null) {
                    hands.removeImage(String.valueOf(imageOf(view)));
                }
            }
        }
    }

    private void hitAll(ResourceId owner) {
        for (FakeEngine.Item item : world.engine().contents().containers()) {
            if (Sight.ours(item) && Sight.owner(item).equals(owner)) {
                world.hit(item, Hand.REMOVE_NETWORK);
            }
        }
    }

    private static @Nullable String imageOf(ContainerView view) {
        return view.template() == null ? null : view.template().image();
    }

    private void lookAlike(String app, Event.Disguise disguise) {
        String image = Spec.reference(app, Spec.Image.QUICK);
        world.engine().withImages(image);
        String name =
                disguise == Event.Disguise.PREDECESSOR
                        ? Spec.predecessor(app)
                        : "berth_home_%s_web_%d".formatted(app, ++lookAlikes);
        if (world.named(name) == null) {
            world.engine().byHand().run(name, image, labels(app, disguise));
        }
    }

    private static Map<String, String> labels(String app, Event.Disguise disguise) {
        return switch (disguise) {
            case NAME, PREDECESSOR -> Map.of();
            case COMPOSE_LABELS ->
                    Map.of(Labels.COMPOSE_PROJECT, "home-" + app, Labels.COMPOSE_SERVICE, "web");
            case OTHER_INSTANCE ->
                    Map.of(
                            Labels.INSTANCE, "other",
                            Labels.KIND, "app",
                            Labels.NAME, app,
                            Labels.PROCESS, "web",
                            Labels.SLOT, "1");
            case HALF_OUR_LABELS -> Map.of(Labels.INSTANCE, "home", Labels.KIND, "app");
        };
    }
}
