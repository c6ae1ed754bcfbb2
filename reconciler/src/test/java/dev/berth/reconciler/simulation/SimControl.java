package dev.berth.reconciler.simulation;

import dev.berth.reconciler.Passes;
import dev.berth.reconciler.ReconcileLoop;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.reconciler.trigger.EngineWatch;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.util.Random;

/**
 * One control process: the real loop with the real core and the real watch of the engine, over the
 * ports of the world.
 */
final class SimControl {
    private final SimWorld world;
    private final SimProcess process;
    private final SimClockwork clock;
    private final Rim rim;
    private final Bug bug;
    private final Reconciler reconciler;
    private final ReconcileLoop loop;
    private final EngineWatch watch;
    private boolean atPass = true;

    SimControl(SimWorld world, SimProcess process, SimClockwork clock, Bug bug, long seed) {
        this.world = world;
        this.process = process;
        this.clock = clock;
        this.bug = bug;
        this.rim = new Rim(world, process, clock);
        ContainerEngine engine =
                bug.plant(ContainerEngine.class, new SimEngine(rim, world.engine()), world);
        TrafficSwitch edge = bug.plant(TrafficSwitch.class, new SimEdge(rim, world.edge()), world);
        GitSource source =
                bug.plant(
                        GitSource.class, () -> rim.look(Call.other("GIT", ""), world::look), world);
        reconciler =
                Core.of(
                        engine,
                        edge,
                        source,
                        new Disk(),
                        new Random(seed),
                        clock,
                        world.readBefore());
        loop = new ReconcileLoop(reconciler, this::passEnded, clock);
        watch = new EngineWatch(engine, reconciler::instance, world::tell, clock);
    }

    void start() {
        loop.start();
        watch.start();
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

    /** True while it makes a pass, or does what one has begun. */
    boolean atWork() {
        return atPass || Passes.goOn(reconciler);
    }

    void wake(Trigger trigger) {
        loop.wake(trigger);
    }

    /** Learns how things stood before it began. */
    void remember(PassReport last) {
        reconciler.remember(last);
        loop.wake(new Trigger.HistoryRead());
    }

    private void passEnded(PassReport report) {
        atPass = false;
        world.passEnded(bug.plant(report));
    }

    /** The world's disk. It is asked first thing in every pass, after the repo. */
    private final class Disk implements LastGood {
        @Override
        public Memory recall() {
            atPass = true;
            world.passBegins();
            return world.disk().recall();
        }

        @Override
        public void remember(Memory next) {
            rim.write("REMEMBER", () -> world.disk().remember(next));
        }
    }
}
