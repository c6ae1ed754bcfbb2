package dev.berth.reconciler.status;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes passes to the history from one thread of its own, so that a slow or missing database is
 * nobody else's business.
 *
 * <ol>
 *   <li>Prepare the history, again and again until it works.
 *   <li>Hand the newest pass of an earlier process on, so that status is readable before the first.
 *   <li>Write what was offered, oldest first, each again and again until it works.
 * </ol>
 *
 * <p>The queue is bounded: when it is full the oldest waiting pass is dropped and counted, never
 * the newest. A pass that changed nothing and found everything as the last one did is not written.
 * Thread-safe.
 */
public final class HistoryWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryWriter.class);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration FORGET_EVERY = Duration.ofHours(12);
    private static final int MOST_REFUSALS = 3;

    private final PassHistory history;
    private final Settings settings;
    private final InstantSource clock;
    private final Consumer<PassReport> restored;
    private final LinkedBlockingDeque<PassReport> queue;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private volatile @Nullable String failure = "The history is being opened";
    private final CountDownLatch closing = new CountDownLatch(1);

    // Owned by the thread.
    private @Nullable PassReport last;
    private Instant forgottenAt = Instant.EPOCH;

    /**
     * How patient the writer is.
     *
     * @param capacity greatest number of waiting passes
     * @param firstPause after a failure; doubles up to {@code longestPause}
     * @param keep how long passes and events are kept
     */
    public record Settings(
            int capacity, Duration firstPause, Duration longestPause, Duration keep) {
        public static final Settings USUAL =
                new Settings(
                        256, Duration.ofMillis(500), Duration.ofSeconds(15), Duration.ofDays(90));
    }

    /**
     * Makes a writer that has not started.
     *
     * @param restored gets the newest pass of an earlier process, at most once
     */
    public HistoryWriter(
            PassHistory history,
            Settings settings,
            InstantSource clock,
            Consumer<PassReport> restored) {
        this.history = history;
        this.settings = settings;
        this.clock = clock;
        this.restored = restored;
        this.queue = new LinkedBlockingDeque<>(settings.capacity());
        this.thread = Thread.ofVirtual().name("berth-history").unstarted(this::run);
    }

    /** Starts the thread. Once only. */
    public void start() {
        thread.start();
    }

    /** Leaves a pass to be written. Never blocks. */
    public void offer(PassReport report) {
        while (!queue.offerLast(report)) {
            if (queue.pollFirst() != null) {
                dropped.incrementAndGet();
            }
        }
    }

    /** Passes that wait to be written. */
    public int queued() {
        return queue.size();
    }

    /** Passes that were dropped because the queue was full or the database refused them. */
    public long dropped() {
        return dropped.get();
    }

    /** Why the history can't be written now; {@code null} when it can. */
    public @Nullable String failure() {
        return failure;
    }

    /** Stops the thread, which first tries once to write what waits; waits 5 seconds at most. */
    @Override
    public void close() {
        closing.countDown();
        try {
            if (thread.isAlive() && !thread.join(STOP_WITHIN)) {
                LOG.warn("the history is still being written; {} passes are lost", queue.size());
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        if (untilDone(history::prepare)) {
            untilDone(this::restoreLast);
        }
        while (closing.getCount() > 0) {
            PassReport report = next();
            if (report != null && untilDone(writing(report))) {
                untilDone(this::forget);
            }
        }
        writeRest();
    }

    private @Nullable PassReport next() {
        try {
            return queue.pollFirst(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return null;
        }
    }

    private void restoreLast() throws UnavailableException {
        last = history.newest().orElse(null);
        if (last != null) {
            restored.accept(last);
        }
    }

    /** Writes a report; one that a database refuses, though it answers, is not tried for ever. */
    private Step writing(PassReport report) {
        AtomicInteger refusals = new AtomicInteger();
        return () -> {
            try {
                write(report);
            } catch (UnavailableException e) {
                history.newest(); // throws too when the database is away
                if (refusals.incrementAndGet() < MOST_REFUSALS) {
                    throw e;
                }
                dropped.incrementAndGet();
                LOG.error("pass {} is left out of the history: {}", report.id(), e.getMessage(), e);
            }
        };
    }

    private void write(PassReport report) throws UnavailableException {
        if (last == null || !quiet(last, report)) {
            history.record(report);
            last = report;
        }
    }

    private static boolean quiet(PassReport before, PassReport now) {
        return now.changes().isEmpty()
                && now.revision().equals(before.revision())
                && now.plan().equals(before.plan())
                && now.problems().equals(before.problems())
                && now.resources().equals(before.resources());
    }

    private void forget() throws UnavailableException {
        Instant now = clock.instant();
        if (now.isAfter(forgottenAt.plus(FORGET_EVERY))) {
            history.forgetBefore(now.minus(settings.keep()));
            forgottenAt = now;
        }
    }

    /** Runs a step until it works, at least once; false when closing came first. */
    private boolean untilDone(Step step) {
        Duration pause = settings.firstPause();
        do {
            try {
                step.run();
                if (failure != null) {
                    LOG.info("the history is available");
                    failure = null;
                }
                return true;
            } catch (UnavailableException e) {
                pause = failed(e, pause);
            }
        } while (closing.getCount() > 0);
        return false;
    }

    private Duration failed(UnavailableException e, Duration pause) {
        if (!e.getMessage().equals(failure)) {
            LOG.warn("the history is not available, trying again: {}", e.getMessage());
        }
        failure = e.getMessage();
        try {
            if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                return pause;
            }
        } catch (InterruptedException interrupted) {
            return pause;
        }
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(settings.longestPause()) < 0 ? doubled : settings.longestPause();
    }

    private void writeRest() {
        if (failure != null) {
            return;
        }
        try {
            for (PassReport report = queue.pollFirst();
                    report != null;
                    report = queue.pollFirst()) {
                write(report);
            }
        } catch (UnavailableException e) {
            LOG.warn("the last passes were not written: {}", e.getMessage());
        }
    }

    /** Something that may have to be tried again. */
    @FunctionalInterface
    private interface Step {
        void run() throws UnavailableException;
    }
}
