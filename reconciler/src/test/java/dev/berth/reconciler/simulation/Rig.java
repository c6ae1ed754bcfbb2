package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One Berth in a world of its own, in virtual time, for tests that say what happens. Every
 * invariant is checked all the time; {@link #close} fails when one was broken.
 */
public final class Rig implements AutoCloseable {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration AWAY = Duration.ofSeconds(7);

    private final SimLog log = SimLog.open();
    private final SimWorld world = new SimWorld(new History(1L, List.of()), Bug.NONE);
    private final Happenings happenings = new Happenings(world);

    /** Berth has started, over a repo without apps. */
    public Rig() {
        SimLog.hears(world::heard);
        world.start();
        run(Duration.ofSeconds(5));
    }

    /** A commit is pushed. */
    public Rig commit(Tree.Edit... edits) {
        return happens(new Event.Commit(NOW, 0, List.of(edits)));
    }

    /** A commit with one app is pushed, and carried out if it can be. */
    public Rig serve(String app, Spec.Image image, int replicas) {
        return commit(new Tree.Put(app, new Spec(image, replicas, Spec.Twist.NONE))).settle();
    }

    /** Something happens now. */
    public Rig happens(Event event) {
        world.happened();
        happenings.happen(event);
        return this;
    }

    /** Calls of a kind fail from now on, when they are about that. */
    public Rig failing(EngineCall call, String subject) {
        world.faults().failAll(call, subject);
        return this;
    }

    /** What failed works again. */
    public Rig mended() {
        world.faults().stop();
        return this;
    }

    /** Somebody asks for a pass. */
    public Rig poke() {
        world.tell(new Trigger.Poll());
        return run(Duration.ofSeconds(5));
    }

    /** Time passes. */
    public Rig run(Duration time) {
        world.run(time);
        return this;
    }

    /** Time passes until Berth rests; some minutes at most. */
    public Rig settle() {
        run(Duration.ofSeconds(5));
        for (int i = 0; i < 40 && world.control().atWork(); i++) {
            run(Duration.ofSeconds(5));
        }
        return this;
    }

    /** Calls of Berth so far that can change something. */
    public int writes() {
        return world.writes();
    }

    /** Passes of Berth so far. */
    public int passes() {
        return world.passes();
    }

    /** How often the engine was called so, about what begins like that. */
    public long calls(EngineCall call, String subject) {
        return world.engine().journal().stream()
                .filter(entry -> entry.call() == call && entry.subject().startsWith(subject))
                .count();
    }

    /** What the engine was asked, in order. */
    public List<String> journal() {
        return world.engine().journal().stream().map(FakeEngine.Entry::toString).toList();
    }

    /** Forgets what the engine was asked. */
    public Rig forgetCalls() {
        world.engine().forgetCalls();
        return this;
    }

    /** Images that requests for an app are answered by, sorted. */
    public List<String> servedBy(String app) {
        Sight sight = world.sight();
        return sight.backends()
                .filter(backend -> backend.getKey().equals(ResourceId.app(app)))
                .map(backend -> sight.container(backend.getValue()))
                .filter(Sight::running)
                .map(Rig::imageOf)
                .sorted()
                .toList();
    }

    private static String imageOf(FakeEngine.@Nullable Item item) {
        ContainerView view = item == null ? null : item.view();
        return view == null || view.template() == null ? "" : view.template().image();
    }

    /** Images of an app's containers that run, sorted. */
    public List<String> running(String app) {
        return world.engine().contents().containers().stream()
                .filter(Sight::ours)
                .filter(item -> item.view() != null && Sight.running(item))
                .filter(item -> Sight.owner(item).equals(ResourceId.app(app)))
                .map(Rig::imageOf)
                .sorted()
                .toList();
    }

    /** Names of an app's containers, sorted. */
    public SortedSet<String> containers(String app) {
        SortedSet<String> names = new TreeSet<>();
        for (FakeEngine.Item item : world.engine().contents().containers()) {
            if (item.view() != null
                    && Sight.INSTANCE.equals(item.labels().get(Labels.INSTANCE))
                    && item.view().owner().equals(ResourceId.app(app))) {
                names.add(item.name());
            }
        }
        return names;
    }

    /** Names of all volumes. */
    public List<String> volumes() {
        return world.engine().volumes();
    }

    /** {@code docker rm -f} of all containers of an app. */
    public Rig removeByHand(String app) {
        return removeByHand(app, Integer.MAX_VALUE);
    }

    /** The same of the first of them. */
    public Rig removeByHand(String app, int most) {
        world.happened();
        for (String name : containers(app).stream().limit(most).toList()) {
            FakeEngine.Item item = world.named(name);
            if (item != null) {
                world.hit(item, Event.Hand.REMOVE);
                world.engine().byHand().remove(name);
            }
        }
        return this;
    }

    /** What the engine really gives an app's containers, in order of their names. */
    public List<ContainerView.Actual> settings(String app) {
        List<ContainerView.Actual> settings = new ArrayList<>();
        for (String name : containers(app)) {
            FakeEngine.Item item = world.named(name);
            ContainerView view = item == null ? null : item.view();
            if (view != null) {
                settings.add(view.actual());
            }
        }
        return settings;
    }

    /** What the engine goes on restarting stays up again. */
    public Rig recoverByHand(String app) {
        world.happened();
        containers(app).forEach(world.engine().byHand()::recover);
        return this;
    }

    /** What the last report says of an app: status and reason of Ready. */
    public String ready(String app) {
        ResourceStatus status = status(app);
        Condition ready = status == null ? null : status.condition(ConditionType.Ready);
        return ready == null
                ? "none"
                : ready.status()
                        + " "
                        + ready.reason()
                        + (status != null && ready.observedGeneration().equals(status.generation())
                                ? ""
                                : " of before");
    }

    private @Nullable ResourceStatus status(String app) {
        PassReport last = world.lastReport();
        return last == null
                ? null
                : last.resources().stream()
                        .filter(status -> status.id().equals(ResourceId.app(app)))
                        .findFirst()
                        .orElse(null);
    }

    /** What Berth reported of its last pass. */
    public PassReport report() {
        PassReport last = world.lastReport();
        if (last == null) {
            throw new IllegalStateException("no pass has ended");
        }
        return last;
    }

    /**
     * How a history went.
     *
     * @param broken what broke; empty if nothing did
     * @param deaths the calls in which Berth was killed, in order
     * @param served images that requests are answered by in the end, each once
     * @param left images of all containers of the instance in the end, with a dash before those
     *     that do not run
     */
    public record Run(
            List<String> broken, List<String> deaths, List<String> served, List<String> left) {}

    /**
     * When Berth is killed: in the call that comes after so many others, however long they take;
     * not at all when it makes fewer until all is well. It is started again some seconds later.
     *
     * @param since counted from this time on
     * @param afterEffect whether the call has its effect
     */
    public record Kill(Duration since, int calls, boolean afterEffect) {}

    /** Runs a history in a world of its own. */
    public static Run run(History history, Kill kill) {
        SimWorld world = new SimWorld(history, Bug.NONE);
        world.at(
                kill.since(),
                0,
                kill,
                () -> world.control().rim().dieAt(kill.calls(), kill.afterEffect(), AWAY));
        List<String> broken = new ArrayList<>();
        if (Simulation.run(history, world) instanceof Simulation.Broken how) {
            broken.add(
                    how.invariant()
                            + ": "
                            + how.what()
                            + " in %s, %s".formatted(JavaText.of(history), kill));
        }
        return new Run(
                broken,
                world.deaths().stream().map(Call::toString).toList(),
                served(world),
                left(world));
    }

    private static List<String> left(SimWorld world) {
        return world.sight().engine().containers().stream()
                .filter(Sight::ours)
                .map(item -> (Sight.running(item) ? "" : "-") + imageOf(item))
                .sorted()
                .toList();
    }

    private static List<String> served(SimWorld world) {
        Sight sight = world.sight();
        return sight.backends()
                .map(backend -> sight.container(backend.getValue()))
                .filter(Sight::running)
                .map(Rig::imageOf)
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        log.close();
        SimWorld.Broken broken = world.broken();
        assertThat(broken).as(() -> String.join("\n", world.trace().lines())).isNull();
    }
}
