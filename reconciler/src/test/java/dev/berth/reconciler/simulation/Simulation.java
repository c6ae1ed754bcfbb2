package dev.berth.reconciler.simulation;

import dev.berth.reconciler.trigger.Trigger;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a history and says whether all that must hold did. */
final class Simulation {
    /** Time for retries with the longest backoff, and for a poll after that. */
    private static final Duration UNTIL_CALM = Duration.ofMinutes(19);

    /** For the one that is left to make sure of that. */
    private static final Duration UNTIL_ONE_WRITES = Duration.ofMinutes(8);

    private static final Duration ONE_MORE_PASS = Duration.ofSeconds(5);

    private Simulation() {}

    /** How it went. */
    sealed interface Result {}

    /**
     * All held.
     *
     * @param trace stands for every call, in order
     */
    record Held(long trace, int passes, long steps, int writes) implements Result {}

    /** Something did not. */
    record Broken(String invariant, String what, List<String> last, @Nullable Throwable cause)
            implements Result {}

    static Result run(History history) {
        return run(history, Bug.NONE);
    }

    /** The same of a control that has a mistake in it. */
    static Result run(History history, Bug bug) {
        return run(history, new SimWorld(history, bug));
    }

    /** The same in a world that can be asked about it afterwards. */
    static Result run(History history, SimWorld world) {
        try (SimLog _ = SimLog.open()) {
            return judged(history, world);
        }
    }

    private static Result judged(History history, SimWorld world) {
        SimLog.hears(world::heard);
        world.start();
        Happenings happenings = new Happenings(world);
        happenings.plan(history);
        world.run(end(history));
        happenings.allIsWell();
        world.run(world.asksWhoWrites() ? UNTIL_CALM.plus(UNTIL_ONE_WRITES) : UNTIL_CALM);
        rest(world);
        int writes = world.writesUndue();
        world.tell(new Trigger.Poll());
        world.run(ONE_MORE_PASS);
        rest(world);
        if (world.broken() == null && world.writesUndue() != writes) {
            world.broken("NOTHING_LEFT_TO_DO", world.writesUndue() - writes + " more writes", null);
        }
        if (world.broken() == null) {
            String unlike = new EndCheck(world).broken();
            if (unlike != null) {
                world.broken("CONVERGES", unlike, null);
            }
        }
        SimWorld.Broken broken = world.broken();
        return broken == null
                ? new Held(
                        world.trace().hash(),
                        world.passes(),
                        world.scheduler().steps(),
                        world.writes())
                : new Broken(
                        broken.invariant(), broken.what(), world.trace().lines(), broken.cause());
    }

    /** What never gets ready is tried again and again, in vain. */
    private static void rest(SimWorld world) {
        for (int i = 0; i < 20 && world.control().atWork() && world.broken() == null; i++) {
            world.run(Duration.ofSeconds(30));
        }
    }

    private static Duration end(History history) {
        return history.events().isEmpty()
                ? Duration.ofMinutes(1)
                : history.events().getLast().at().plusMinutes(1);
    }
}
