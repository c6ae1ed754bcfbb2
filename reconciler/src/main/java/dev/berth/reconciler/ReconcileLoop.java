package dev.berth.reconciler;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Converger.Attention;
import dev.berth.reconciler.trigger.ReconcileQueue;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one pass after another for as long as Berth lives: when something woke it, when it is time
 * to poll, when a retry or a schedule is due, when work has ended that went on after its pass. Many
 * triggers make one pass, and no pass waits long for its work: what takes its time holds up nothing
 * else. A bug in a pass ends that pass only.
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileLoop.class);

    /** Engine events come in bursts: a dying container sends four. */
    private static final Duration DEBOUNCE = Duration.ofSeconds(1);

    /** A pass whose work ends within this time reports it whole. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /**
     * While many things are worked on, what has ended is looked at no more often than this; and
     * what failed is not tried more often, whatever is due.
     */
    private static final Duration CALM = Duration.ofSeconds(1);

    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private final Reconciler reconciler;
    private final Consumer<PassReport> onReport;
    private final Clockwork clock;
    private final Converger work;
    private final ReconcileQueue triggers;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    // Owned by the thread.
    private boolean lastWasForWake;
    private boolean lastWentWell = true;
    private Deadline calm;

    /**
     * Makes a loop that does not run yet.
     *
     * @param onReport gets the report of every pass, on the loop's thread; must not block
     */
    public ReconcileLoop(Reconciler reconciler, Consumer<PassReport> onReport, Clockwork clock) {
        this.reconciler = reconciler;
        this.onReport = onReport;
        this.clock = clock;
        this.work = reconciler.work();
        this.triggers = new ReconcileQueue(work::ring);
        this.calm = Deadline.in(Duration.ZERO, clock);
    }

    /** Begins with a pass at once. */
    public void start() {
        triggers.add(new Trigger.Started());
        thread = clock.start("berth-reconcile", this::run);
    }

    /** Says "look again". */
    public void wake(Trigger trigger) {
        triggers.add(trigger);
    }

    /** True while passes are made. */
    public boolean running() {
        Thread started = thread;
        return started != null && started.isAlive() && !closed;
    }

    private void run() {
        while (!closed) {
            try {
                pass(next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) { // nothing would ever be repaired again
                LOG.error("a bug ended the pass; the next one begins with the next trigger", e);
            }
        }
    }

    private void pass(Trigger trigger) throws InterruptedException {
        lastWasForWake = trigger instanceof Trigger.WakeRequested;
        lastWentWell = false;
        try {
            onReport.accept(reconciler.reconcile(trigger, attention(), this::pressed));
            lastWentWell = true;
        } finally {
            calm = Deadline.in(CALM, clock);
        }
    }

    /** True when something wants a pass that no look at a repo brings on. */
    private boolean pressed() {
        return triggers.pressing(work::engrossed, Trigger.RepoChanged.class)
                || (calm.over(clock)
                        && (work.hasEnded()
                                || isDue(reconciler.nextDue())
                                || isDue(reconciler.nextRetry())));
    }

    private boolean isDue(Optional<Instant> next) {
        return until(next).filter(Duration::isZero).isPresent();
    }

    /** Some time to report work whole, as long as nothing else wants a pass. */
    private Attention attention() {
        return new Attention() {
            private @Nullable Deadline end;

            @Override
            public Duration patience() {
                if (end == null) {
                    end = Deadline.in(PATIENCE, clock);
                }
                return triggers.pressing(work::busy) // what it tidies up itself is no news
                        ? Duration.ZERO
                        : shorter(end.left(clock), untilDue());
            }
        };
    }

    /** Waits for what the next pass is for. */
    private Trigger next() throws InterruptedException {
        while (true) {
            Trigger found = found();
            if (found != null) {
                return found;
            }
            Duration most = untilDue();
            work.await(work.hasEnded() ? shorter(calm.left(clock), most) : most);
        }
    }

    private @Nullable Trigger found() throws InterruptedException {
        boolean poll = reconciler.looks().next().over(clock);
        if (triggers.pressing(work::engrossed) && !(poll && lastWasForWake)) {
            debounce();
            return triggers.take();
        }
        if (poll) { // passes for sleeping apps look at no repo
            return new Trigger.Poll();
        }
        if (work.hasEnded() && (calm.over(clock) || (work.idle() && lastWentWell))) {
            return new Trigger.WorkEnded();
        }
        if (!calm.over(clock)) {
            return null;
        }
        if (isDue(reconciler.nextDue())) {
            return new Trigger.ScheduleDue();
        }
        return isDue(reconciler.nextRetry()) ? new Trigger.RetryDue() : null;
    }

    private Duration untilDue() {
        Duration poll = reconciler.looks().next().left(clock);
        return Stream.of(reconciler.nextRetry(), reconciler.nextDue())
                .flatMap(next -> until(next).stream())
                .min(Comparator.naturalOrder())
                .map(next -> shorter(longer(next, calm.left(clock)), poll))
                .orElse(poll);
    }

    private Optional<Duration> until(Optional<Instant> next) {
        return next.map(at -> Duration.between(clock.instant(), at))
                .map(left -> left.isPositive() ? left : Duration.ZERO);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Ends early for whoever waits. */
    private void debounce() throws InterruptedException {
        Deadline end = Deadline.in(DEBOUNCE, clock);
        while (triggers.mayBeABurst() && !end.over(clock)) {
            work.await(end.left(clock));
        }
    }

    /** Ends the work that goes on at its next wait, and the loop. */
    @Override
    public void close() {
        closed = true;
        work.stop();
        Thread started = thread;
        Deadline end = Deadline.in(STOP_WITHIN, clock);
        try {
            if (started != null) {
                started.interrupt();
                if (started.join(end.left(clock)) && !work.awaitIdle(end.left(clock))) {
                    LOG.warn("work goes on although Berth ends; the next start looks at it");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
