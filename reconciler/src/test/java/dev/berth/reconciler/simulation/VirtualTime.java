package dev.berth.reconciler.simulation;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import dev.berth.reconciler.source.ConfigTree;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Processes whose threads run one at a time, in an order that follows from a seed, and for which
 * time passes only when all of them wait. For tests in other packages; belongs to the thread that
 * makes it.
 */
public final class VirtualTime {
    private final SimScheduler scheduler;

    public VirtualTime(long seed) {
        scheduler = new SimScheduler(new Random(seed));
    }

    /** A process that can be killed: from then on nothing of it runs. */
    public final class Machine {
        private final SimProcess process;
        private final SimClockwork clock;

        private Machine(String name) {
            process = scheduler.process(name);
            clock = new SimClockwork(scheduler, process);
        }

        public Clockwork clock() {
            return clock;
        }

        public void kill() {
            process.kill();
        }

        public boolean killed() {
            return process.killed();
        }
    }

    public Machine process(String name) {
        return new Machine(name);
    }

    /** Lets time pass. */
    public void pass(Duration time) {
        pass(time, () -> {});
    }

    /**
     * Lets time pass.
     *
     * @param afterEach after each piece of a thread
     */
    public void pass(Duration time, Runnable afterEach) {
        try (SimLog _ = SimLog.open()) { // the console's lock is everybody's
            scheduler.run(time, afterEach);
        }
    }

    public Duration now() {
        return Duration.ofNanos(scheduler.nanos());
    }

    /** A place where another thread may go on. */
    public static void yieldPoint() {
        SimScheduler.yieldPoint();
    }

    /** Files in memory. */
    public static ConfigTree tree(Map<String, String> files) {
        return new SimTree(new TreeMap<>(files), false);
    }
}
