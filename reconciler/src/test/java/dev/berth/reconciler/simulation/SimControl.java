package dev.berth.reconciler.simulation;

import dev.berth.reconciler.Passes;
import dev.berth.reconciler.ReconcileLoop;
import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.cleanup.CleanupFacts;
import dev.berth.reconciler.cleanup.CleanupPlan;
import dev.berth.reconciler.cleanup.CleanupPlanner;
import dev.berth.reconciler.cleanup.Housekeeping;
import dev.berth.reconciler.cleanup.work.Cleaner;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.GatedEngine;
import dev.berth.reconciler.lease.FencedTraffic;
import dev.berth.reconciler.lease.LeaseKeeper;
import dev.berth.reconciler.lease.LeaseTimes;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.Outbox;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.reconciler.trigger.EngineWatch;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.status.PassReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One control process: the real loop with the real core and the real watch of the engine, over the
 * ports of the world.
 */
final class SimControl {
    /** Longer than usual, in the same proportions: to look who writes takes most of a run. */
    private static final LeaseTimes TIMES =
            new LeaseTimes(
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(32),
                    Duration.ofSeconds(40),
                    Duration.ofSeconds(48),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(2));

    private static final Cleaner.Times CLEANING =
            new Cleaner.Times(Duration.ofMinutes(2), Duration.ofMinutes(4));

    private final SimWorld world;
    private final Home home;
    private final SimProcess process;
    private final SimClockwork clock;
    private final Rim rim;
    private final Bug bug;
    private final Reconciler reconciler;
    private final ReconcileLoop loop;
    private final EngineWatch watch;
    private final Writership writership;
    private final @Nullable Outbox outbox;
    private final Telling telling;
    private final @Nullable Cleaner cleaner;
    private boolean atPass = true;

    SimControl(
            SimWorld world, Home home, SimProcess process, SimClockwork clock, Bug bug, long seed) {
        this.world = world;
        this.home = home;
        this.process = process;
        this.clock = clock;
        this.bug = bug;
        this.rim = new Rim(world, this, clock);
        SimEngine reached = new SimEngine(rim, world.engine());
        this.writership =
                home.leases() == null
                        ? Writership.ALONE
                        : bug.plant(
                                Writership.class,
                                new LeaseKeeper(
                                        home.name(),
                                        home.leases(),
                                        reached,
                                        TIMES,
                                        () -> wake(new Trigger.StandingChanged()),
                                        clock),
                                world);
        ContainerEngine engine =
                new GatedEngine(
                        bug.plant(ContainerEngine.class, reached, world), writership::check);
        cleaner =
                world.cleansUp()
                        ? new Cleaner(
                                new Cleaner.Means(
                                        engine,
                                        home.disk().notes(),
                                        Optional::empty,
                                        bug.plant(
                                                Cleaner.Planning.class,
                                                SimControl::imagesAlone,
                                                world)),
                                CLEANING,
                                clock)
                        : null;
        TrafficSwitch edge =
                new FencedTraffic(
                        bug.plant(TrafficSwitch.class, new SimEdge(rim, world.edge()), world),
                        writership);
        GitSource source =
                bug.plant(
                        GitSource.class,
                        () -> rim.look(Call.other("GIT", ""), () -> world.look(home)),
                        world);
        reconciler =
                Core.of(
                        engine,
                        edge,
                        source,
                        new Core.Own(
                                new Disk(),
                                home.disk().vault(),
                                tenure(),
                                cleaner == null ? ImageShelf.untouched() : cleaner.shelf()),
                        new Random(seed),
                        clock,
                        world.readBefore(),
                        bug.plant(Reconciler.Planning.class, Planner::plan, world));
        loop = new ReconcileLoop(reconciler, this::passEnded, clock);
        outbox =
                world.tellsPeople()
                        ? new Outbox(
                                home.disk().outbox(),
                                reconciler::watch,
                                this::nobodyListens,
                                new Backoff(new Random(seed)),
                                clock)
                        : null;
        telling = bug.plant(Telling.class, outbox == null ? _ -> {} : outbox::offer, world);
        watch = new EngineWatch(engine, reconciler::instance, world::tell, clock);
    }

    private Reconciler.Tenure tenure() {
        return new Reconciler.Tenure(
                writership,
                new PassMemory(),
                new StartedJobs(),
                bug.plant(Ledgers.class, home.disk().ledgers(), world),
                cleaner == null ? Housekeeping.NONE : cleaner,
                Registries.none(),
                _ -> {},
                Reconciler.Tls.NONE);
    }

    /** There are no builds here, so no cache. */
    private static CleanupPlan imagesAlone(CleanupFacts facts) {
        CleanupPlan plan = CleanupPlanner.plan(facts);
        return new CleanupPlan(
                List.of(),
                Stream.concat(plan.due().stream(), plan.pressing().stream())
                        .filter(CleanupPlan.RemoveImage.class::isInstance)
                        .toList(),
                plan.notes());
    }

    void start() {
        loop.start();
        watch.start();
        if (outbox != null) {
            outbox.start();
        }
        if (cleaner != null) {
            cleaner.start();
        }
    }

    /** The endpoint of alerts is dead. */
    private void nobodyListens(Message message, Alert to) throws IOException {
        try {
            clock.sleep(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("nobody answers at " + to.id() + ": " + message.id());
    }

    Home home() {
        return home;
    }

    SimProcess process() {
        return process;
    }

    /** True when it is let write now, as far as it knows. */
    boolean writes() {
        return writership.now() instanceof Standing.Writer;
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
        PassReport told = bug.plant(report);
        telling.offer(told);
        world.passEnded(told, this);
    }

    /** What the process before has learnt. */
    private final class PassMemory implements Recollection {
        @Override
        public dev.berth.reconciler.live.Memory recall() {
            return home.disk().passes();
        }

        @Override
        public void remember(dev.berth.reconciler.live.Memory next) {
            rim.write("LEARN", () -> home.disk().learn(next));
        }
    }

    /** The world's disk. It is asked first thing in every pass, after the repo. */
    private final class Disk implements LastGood {
        @Override
        public LastGood.Memory recall() {
            atPass = true;
            world.passBegins(SimControl.this);
            return home.disk().recall();
        }

        @Override
        public void remember(LastGood.Memory next) {
            rim.write("REMEMBER", () -> home.disk().remember(next));
        }
    }
}
