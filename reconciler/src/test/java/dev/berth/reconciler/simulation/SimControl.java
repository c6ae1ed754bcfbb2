package dev.berth.reconciler.simulation;

import dev.berth.reconciler.Passes;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.clockwork.Clockwork.Bell;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One control process: the real core over the ports of the world, and a loop that makes passes as
 * the real one does: when something woke it, when it is time to poll or to try again.
 */
final class SimControl {
    private static final Duration DEBOUNCE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final SimWorld world;
    private final SimProcess process;
    private final SimClockwork clock;
    private final Rim rim;
    private final Bug bug;
    private final Bell bell;
    private final Bell ended;
    private final List<Trigger> triggers = new ArrayList<>();
    private @Nullable Thread loop;
    private boolean atWork = true;

    SimControl(SimWorld world, SimProcess process, SimClockwork clock, Bug bug) {
        this.world = world;
        this.process = process;
        this.clock = clock;
        this.bug = bug;
        this.rim = new Rim(world, process, clock);
        this.bell = clock.bell();
        this.ended = clock.bell();
    }

    void start(long seed) {
        loop = process.start("loop", () -> run(seed));
    }

    Rim rim() {
        return rim;
    }

    boolean dead() {
        return process.killed();
    }

    SimClockwork clock() {
        return clock;
    }

    /** True while it makes a pass. */
    boolean atWork() {
        return atWork;
    }

    void wake(Trigger trigger) {
        triggers.add(trigger);
        bell.ring();
    }

    private void run(long seed) {
        ContainerEngine engine =
                bug.plant(ContainerEngine.class, new SimEngine(rim, world.engine()), world);
        TrafficSwitch edge = bug.plant(TrafficSwitch.class, new SimEdge(rim, world.edge()), world);
        GitSource source = bug.plant(GitSource.class, this::look, world);
        Reconciler made = Core.of(engine, edge, source, world.disk(), new Random(seed), clock);
        process.start("events", () -> follow(engine, made));
        try {
            Trigger trigger = new Trigger.Started();
            while (true) {
                world.passBegins();
                PassReport report = made.reconcile(trigger);
                world.passEnded(bug.plant(report));
                trigger = next(made);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the loop", e);
        } catch (RuntimeException e) {
            world.broken("NO_BUGS", "a pass ended with " + e, e);
        }
    }

    private SourceReading look() {
        return rim.look(
                Call.other("GIT", ""), () -> world.look(Thread.currentThread().equals(loop)));
    }

    private Trigger next(Reconciler made) throws InterruptedException {
        atWork = false;
        if (triggers.isEmpty() && !bell.await(Passes.untilNext(made, clock))) {
            atWork = true;
            return new Trigger.Poll();
        }
        if (triggers.stream().allMatch(Trigger.EngineChanged.class::isInstance)) {
            clock.sleep(DEBOUNCE);
        }
        atWork = true;
        Trigger first = triggers.isEmpty() ? new Trigger.Poll() : triggers.getFirst();
        triggers.clear();
        return first;
    }

    /** Follows the engine's events, as the real watch does. */
    private void follow(ContainerEngine engine, Reconciler made) {
        try {
            while (true) {
                String instance = made.instance();
                if (instance != null) {
                    try {
                        engine.events(
                                instance,
                                e -> world.tell(new Trigger.EngineChanged(e.app(), e.action())),
                                ended::ring);
                        world.tell(new Trigger.EngineBack());
                        boolean over = false;
                        while (!over) {
                            over = ended.await(Duration.ofHours(24));
                        }
                    } catch (ReconcileException e) {
                        world.note("events can't be followed: " + e.getMessage());
                    }
                }
                clock.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the watch", e);
        }
    }
}
