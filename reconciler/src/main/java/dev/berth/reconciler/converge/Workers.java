package dev.berth.reconciler.converge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Cancellation.Why;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The work that goes on, at most one assignment for each resource, each on a thread of its own.
 * What is wanted last wins, and nothing waits in a queue:
 *
 * <ol>
 *   <li>An assignment for a resource that rests is started.
 *   <li>One that leads to the same as the work that goes on is dropped.
 *   <li>One that leads to something else cancels that work, and is dropped too: when the work has
 *       ended, the next pass plans from how things are then.
 * </ol>
 *
 * <p>Thread-safe.
 */
final class Workers {
    private final Job job;
    private final Runnable onEnd;
    private final Clockwork clock;
    private final Places places = new Places();
    private final Object lock = new Object();
    private final Map<ResourceId, Work> working = new TreeMap<>();
    private final List<Ended> ended = new ArrayList<>();
    private boolean closed;

    /**
     * Makes workers that have nothing to do.
     *
     * @param onEnd called whenever work has ended; must not block
     */
    Workers(Job job, Runnable onEnd, Clockwork clock) {
        this.job = job;
        this.onEnd = onEnd;
        this.clock = clock;
    }

    /** Does the work. */
    @FunctionalInterface
    interface Job {
        /**
         * Carries out an assignment.
         *
         * @return one for each change
         */
        List<Outcome> carryOut(Assignment assignment, Turn turn, Consumer<String> phase);
    }

    /** What became of an offer. */
    enum Answer {
        STARTED,
        GOES_ON,
        CANCELLING,
        /** It has ended since it was looked at. */
        LOOK_AGAIN,
        /** The process ends: nothing begins any more. */
        CLOSED
    }

    /** What goes on for a resource: since when, and what in one line. */
    record Working(Assignment assignment, Instant since, String phase, boolean tidying) {}

    /** How things stand: what has ended since the last look, and what goes on. */
    record Look(List<Ended> ended, Map<ResourceId, Working> working) {
        Look {
            ended = List.copyOf(ended);
            working = Map.copyOf(working);
        }
    }

    /** One assignment at work. */
    private static final class Work {
        private final Assignment assignment;
        private final Turn turn;
        private final Instant since;
        private volatile String phase = "waits for its turn";

        Work(Assignment assignment, Turn turn, Instant since) {
            this.assignment = assignment;
            this.turn = turn;
            this.since = since;
        }
    }

    /**
     * Begins an assignment, if that is right.
     *
     * @param rested false when its resource was worked on while it was looked at
     */
    Answer offer(Assignment next, boolean rested) {
        synchronized (lock) {
            if (closed) {
                return Answer.CLOSED;
            }
            Work now = working.get(next.resource());
            if (now == null) {
                if (!rested) {
                    return Answer.LOOK_AGAIN;
                }
                Work work = new Work(next, new Turn(places), clock.instant());
                working.put(next.resource(), work);
                var _ = clock.start("work on " + next.resource(), () -> run(work));
                return Answer.STARTED;
            }
            if (now.assignment.leadsToTheSameAs(next)) {
                return Answer.GOES_ON;
            }
            now.turn.cancel(Why.SUPERSEDED);
            return Answer.CANCELLING;
        }
    }

    private void run(Work work) {
        List<Outcome> outcomes = broken(work.assignment);
        try {
            outcomes = job.carryOut(work.assignment, work.turn, phase -> work.phase = phase);
        } finally {
            work.turn.end();
            end(work, outcomes);
            onEnd.run();
        }
    }

    /** How it ends when not even failures are told. */
    private static List<Outcome> broken(Assignment assignment) {
        return assignment.changes().stream()
                .<Outcome>map(
                        change ->
                                new Outcome.Failed(
                                        change,
                                        Duration.ZERO,
                                        Outcome.Next.RETRY,
                                        ReasonCode.InternalError,
                                        "a bug in Berth ended it; see the log"))
                .toList();
    }

    private void end(Work work, List<Outcome> outcomes) {
        Assignment done = work.assignment;
        synchronized (lock) {
            working.remove(done.resource());
            ended.add(
                    new Ended(
                            done.pass(), done.commit(), done.resource(), done.wanted(), outcomes));
        }
    }

    /** Has the work on a resource end early, for something more urgent of it. */
    void leaveOff(ResourceId resource) {
        cancel(Why.REPAIR, work -> work.resource().equals(resource));
    }

    /** Cancels the work that is not worth going on with. */
    void cancelUnless(Predicate<Assignment> worth) {
        cancel(Why.SUPERSEDED, worth.negate());
    }

    private void cancel(Why why, Predicate<Assignment> which) {
        synchronized (lock) {
            for (Work work : working.values()) {
                if (which.test(work.assignment)) {
                    work.turn.cancel(why);
                }
            }
        }
    }

    /** What is could not be seen: the work that goes on takes nothing away any more. */
    void blind() {
        synchronized (lock) {
            working.values().forEach(work -> work.turn.blind());
        }
    }

    /** Takes what has ended, and tells what goes on, in one step. */
    Look look() {
        synchronized (lock) {
            Look look = new Look(ended, working());
            ended.clear();
            return look;
        }
    }

    /** Takes what has ended of a pass. */
    List<Ended> takeEnded(long pass) {
        synchronized (lock) {
            List<Ended> taken = ended.stream().filter(each -> each.pass() == pass).toList();
            ended.removeIf(each -> each.pass() == pass);
            return taken;
        }
    }

    /** True when something has ended that nobody has taken. */
    boolean hasEnded() {
        synchronized (lock) {
            return !ended.isEmpty();
        }
    }

    Map<ResourceId, Working> working() {
        synchronized (lock) {
            Map<ResourceId, Working> now = new TreeMap<>();
            working.forEach(
                    (id, work) ->
                            now.put(
                                    id,
                                    new Working(
                                            work.assignment,
                                            work.since,
                                            work.phase,
                                            work.turn.tidying())));
            return now;
        }
    }

    boolean busy(ResourceId resource) {
        synchronized (lock) {
            return working.containsKey(resource);
        }
    }

    /** True while it is worked on and what is wanted of it does not serve yet. */
    boolean engrossed(ResourceId resource) {
        synchronized (lock) {
            Work work = working.get(resource);
            return work != null && !work.turn.tidying();
        }
    }

    boolean idle() {
        synchronized (lock) {
            return working.isEmpty();
        }
    }

    /** True when nothing goes on but removals. */
    boolean onlyRemoves() {
        synchronized (lock) {
            return working.values().stream().allMatch(work -> work.assignment.removal());
        }
    }

    /** Ends all work at its next place to end; no other begins. */
    void stop() {
        synchronized (lock) {
            closed = true;
        }
        cancel(Why.STOPPING, _ -> true);
    }
}
