package dev.berth.reconciler;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.trigger.ReconcileQueue;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one pass after another for as long as Berth lives: when something woke it, when it is time
 * to poll, when a retry is due. Many triggers make one pass. A bug in a pass ends that pass only.
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileLoop.class);

    /** Engine events come in bursts: a dying container sends four. */
    private static final Duration DEBOUNCE = Duration.ofSeconds(1);

    private static final Duration WAKE_TIME = Duration.ofSeconds(5);
    private static final Duration LOOKOUT = Duration.ofMillis(500);
    private static final Duration WAKE_LOOK = Duration.ofMillis(50);

    private final Reconciler reconciler;
    private final Consumer<PassReport> onReport;
    private final Clockwork clock;
    private final ReconcileQueue triggers;
    private final Thread thread;
    private final Thread lookout;
    private volatile boolean atWork;
    private volatile boolean closed;

    /**
     * Makes a loop that does not run yet.
     *
     * @param onReport gets the report of every pass, on the loop's thread; must not block
     */
    public ReconcileLoop(Reconciler reconciler, Consumer<PassReport> onReport, Clockwork clock) {
        this.reconciler = reconciler;
        this.onReport = onReport;
        this.clock = clock;
        this.triggers = new ReconcileQueue(reconciler::hurry);
        this.thread = Thread.ofPlatform().name("berth-reconcile").daemon().unstarted(this::run);
        this.lookout = Thread.ofVirtual().name("berth-lookout").unstarted(this::lookOut);
    }

    /** Begins with a pass at once. */
    public void start() {
        triggers.add(new Trigger.Started());
        thread.start();
        lookout.start();
    }

    /**
     * Says "look again". A push also ends the waits of a pass that is at work on an older commit;
     * so does a request for a sleeping app those of any pass.
     */
    public void wake(Trigger trigger) {
        triggers.add(trigger);
        if (trigger instanceof Trigger.RepoChanged) {
            Thread.ofVirtual().name("berth-preempt").start(reconciler::preemptIfOutdated);
        }
    }

    /** True while passes are made. */
    public boolean running() {
        return thread.isAlive() && !closed;
    }

    private void run() {
        while (!closed) {
            try {
                Trigger trigger = next();
                if (trigger != null) {
                    onReport.accept(pass(trigger));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("a bug ended the pass; the next one begins with the next trigger", e);
            }
        }
    }

    private PassReport pass(Trigger trigger) throws InterruptedException {
        long number = triggers.pass();
        Thread usher = Thread.ofVirtual().name("berth-usher").start(() -> letIn(number));
        atWork = true;
        try {
            return reconciler.reconcile(trigger);
        } finally {
            atWork = false;
            triggers.ended();
            usher.interrupt();
        }
    }

    /**
     * A pass for one sleeping app has some time before it ends for another: where many are asked
     * for at once, each pass would end the one before.
     */
    private void letIn(long pass) {
        try {
            clock.sleep(WAKE_TIME);
            while (!triggers.letIn(pass)) {
                clock.sleep(WAKE_LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Polls while passes are at work, so that a fix does not wait for what it fixes, nor for an end
     * of requests for sleeping apps: their passes look at no repo. Between passes the loop polls.
     */
    private void lookOut() {
        while (!closed) {
            try {
                clock.sleep(LOOKOUT); // the next poll may come to be sooner
                if (atWork && reconciler.nextPoll().over(clock) && reconciler.preemptIfOutdated()) {
                    triggers.add(new Trigger.RepoChanged("the config repo"));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("a bug ended the look at the repos; the next one comes in its time", e);
            }
        }
    }

    /**
     * The first of the triggers that are there, or due; the others of a burst are answered with it.
     */
    private @Nullable Trigger next() throws InterruptedException {
        Duration poll = reconciler.nextPoll().left(clock);
        Duration retry = untilRetry().orElse(poll);
        Trigger first = triggers.await(retry.compareTo(poll) < 0 ? retry : poll);
        if (first == null) {
            return reconciler.nextPoll().over(clock) ? new Trigger.Poll() : new Trigger.RetryDue();
        }
        if (first instanceof Trigger.EngineChanged) {
            debounce();
        }
        return triggers.take();
    }

    private Optional<Duration> untilRetry() {
        return reconciler
                .nextRetry()
                .map(at -> Duration.between(clock.instant(), at))
                .map(left -> left.isPositive() ? left : Duration.ZERO);
    }

    /** Ends early for whoever waits. */
    private void debounce() throws InterruptedException {
        Deadline end = Deadline.in(DEBOUNCE, clock);
        while (!end.over(clock) && !triggers.asked()) {
            clock.sleep(WAKE_LOOK);
        }
    }

    /** Ends the pass at its next wait, and the loop. */
    @Override
    public void close() {
        closed = true;
        reconciler.stop();
        lookout.interrupt();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
