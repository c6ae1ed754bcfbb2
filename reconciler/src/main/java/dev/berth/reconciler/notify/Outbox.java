package dev.berth.reconciler.notify;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.schemas.status.PassReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what the status says, on threads of its own: whoever offers a pass waits for
 * nothing, and a dead endpoint, a full disk or a bug in here is nobody else's business.
 *
 * <ol>
 *   <li>Plan what is to be told, from the newest pass and what was told.
 *   <li>Keep each message, then that it was told: a crash in between plans it again, with its id.
 *   <li>Send, at most four at a time and one for each alert; then forget the message. A crash in
 *       between sends it again: at least once.
 * </ol>
 *
 * <p>Thread-safe.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int AT_ONCE = 4;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration BREATH = Duration.ofMillis(20);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final OutboxStore store;
    private final Supplier<@Nullable Watch> watch;
    private final Delivery delivery;
    private final Clockwork clock;
    private final ExecutorService senders;
    private final Clockwork.Bell bell;
    private final AtomicReference<@Nullable PassReport> newest = new AtomicReference<>();
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    // Owned by the thread.
    private @Nullable Told told;
    private boolean toldIsKept = true;
    private boolean diskFails;

    /**
     * How things stand.
     *
     * @param waiting messages that were not taken yet
     * @param sent messages that were taken, since the start
     * @param failures tries that failed, since the start
     * @param givenUp messages that nobody got: a day old, or too many for a full disk
     */
    public record Counts(int waiting, long sent, long failures, long givenUp) {}

    /**
     * Makes an outbox that has not started.
     *
     * @param watch who is told what; {@code null} while that is not known yet
     */
    public Outbox(
            OutboxStore store,
            Supplier<@Nullable Watch> watch,
            Sender sender,
            Backoff backoff,
            Clockwork clock) {
        this.store = store;
        this.watch = watch;
        this.clock = clock;
        this.senders =
                Executors.newFixedThreadPool(
                        AT_ONCE, Thread.ofVirtual().name("berth-alert-", 0).factory());
        this.bell = clock.bell();
        this.delivery = new Delivery(store, sender, backoff::delay, clock, senders, bell::ring);
    }

    /** Starts the thread. Once only. */
    public void start() {
        thread = clock.start("berth-outbox", this::run);
    }

    /** Leaves a pass to be told of; the newest counts. Never blocks. */
    public void offer(PassReport report) {
        newest.set(report);
        bell.ring();
    }

    /** Says no more of the pass that was left last: another Berth looks after what it was about. */
    public void hush() {
        newest.set(null);
    }

    public Counts counts() {
        return delivery.counts();
    }

    /** Ends soon; what was not sent is sent after the next start. */
    @Override
    public void close() {
        closed = true;
        Thread started = thread;
        if (started != null) {
            started.interrupt();
        }
        senders.shutdownNow();
        try {
            if (started != null) {
                started.join(STOP_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                turn();
                Duration next = delivery.untilNext();
                Duration wait = next.compareTo(LOOK_EVERY) < 0 ? next : LOOK_EVERY;
                var _ = bell.await(wait.plus(BREATH));
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (closed) {
                    return; // the threads that send are gone already
                }
                LOG.error("a bug ended a look at what is to be told; the next one follows", e);
                pauseAfterBug();
            }
        }
    }

    private void pauseAfterBug() {
        try {
            clock.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** One round: plan, keep, send. */
    private void turn() {
        Told before = told == null ? takeUp() : told;
        Watch wanted = watch.get();
        PassReport pass = newest.get();
        if (wanted != null && pass != null) {
            AlertPlanner.Planned planned =
                    AlertPlanner.plan(wanted, pass.resources(), before, clock.instant());
            planned.messages().forEach(delivery::add);
            toldIsKept &= planned.told().equals(before);
            told = planned.told();
        }
        keep();
        if (wanted != null) {
            delivery.dispatch(wanted);
        }
    }

    private Told takeUp() {
        Told before = store.told();
        told = before;
        try {
            store.messages().forEach(delivery::restore);
        } catch (IOException e) {
            LOG.warn("messages of an earlier process can't be read: {}", e.toString());
        }
        return before;
    }

    /** First the messages, then that they were told. */
    private void keep() {
        try {
            delivery.keepAll();
            if (!toldIsKept && told != null) {
                store.keep(told);
                toldIsKept = true;
            }
            diskFails = false;
        } catch (IOException e) {
            if (!diskFails) {
                LOG.warn(
                        "messages wait in memory, as the disk does not take them: {}",
                        e.toString());
            }
            diskFails = true;
        }
    }
}
