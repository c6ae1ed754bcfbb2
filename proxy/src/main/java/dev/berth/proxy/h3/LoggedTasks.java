package dev.berth.proxy.h3;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks on one background thread, none of which fails in silence: the first failure is an error in
 * the log with what follows from it, further ones are counted and are at debug. Thread-safe.
 */
final class LoggedTasks implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedTasks.class);

    private final ScheduledExecutorService thread;
    private final String consequence;
    private final AtomicLong failed = new AtomicLong();

    /**
     * Nothing to do yet.
     *
     * @param name of the thread
     * @param consequence of a task that fails: what is missing now, and what to do about it
     */
    LoggedTasks(String name, String consequence) {
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(name).factory());
        this.consequence = consequence;
    }

    /**
     * {@inheritDoc}
     *
     * @throws RejectedExecutionException once it is closed
     */
    @Override
    public void execute(Runnable task) {
        thread.execute(guarded(task));
    }

    /** Runs it in so many seconds; not at all if it is closed by then. */
    void later(Runnable task, int seconds) {
        try {
            var _ = thread.schedule(guarded(task), seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the edge stops");
        }
    }

    /** Something has failed that belongs to a task, if not on its thread. */
    void failed(Throwable problem) {
        long before = failed.getAndIncrement();
        if (before == 0) {
            LOG.error("{} (a bug in the edge: please report it)", consequence, problem);
        } else {
            LOG.debug("failed for the {}. time", before + 1, problem);
        }
    }

    /** Tasks that have failed so far. */
    long failures() {
        return failed.get();
    }

    boolean isClosed() {
        return thread.isShutdown();
    }

    /** Begins no further task. */
    @Override
    public void close() {
        var _ = thread.shutdownNow();
    }

    /** Waits, once it is closed, for the task that runs. */
    void awaitEnd(Duration atMost) {
        try {
            var _ = thread.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                if (isClosed()) {
                    LOG.debug("interrupted by the end", e);
                } else {
                    failed(e);
                }
            }
        };
    }
}
