package dev.berth.reconciler.source;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs one after the other. A caller waits as long as it likes to; its job, once started, goes
 * on without it. Thread-safe.
 */
final class OneAtATime implements AutoCloseable {
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);

    private final String name;
    private final Duration limit;

    /** Held by the caller whose job is next or runs; guards what follows. */
    private final ReentrantLock turn = new ReentrantLock();

    private @Nullable TimedJob<?> latest;
    private boolean closed;

    /**
     * @param limit time after which a job is cut off
     */
    OneAtATime(String name, Duration limit) {
        this.name = name;
        this.limit = limit;
    }

    /**
     * Starts work when all earlier work has ended, and waits for its result.
     *
     * @param patience time to wait for both
     * @param then done on the job's thread after the result is out
     * @param whenLate called when the result comes after the caller stopped waiting for it
     * @throws TimeoutException if patience ends, or after the close; the work may not have been
     *     started then
     */
    <T> T run(TimedJob.Work<T> work, Runnable then, Duration patience, Runnable whenLate)
            throws InterruptedException, TimeoutException, RemoteFault, StoreFault {
        long until = System.nanoTime() + patience.toNanos();
        if (!turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        try {
            if (closed) {
                throw new TimeoutException();
            }
            TimedJob<?> previous = latest;
            if (previous != null && !previous.awaitEnd(left(until))) {
                throw new TimeoutException();
            }
            TimedJob<T> job = TimedJob.start(name, limit, work, then);
            latest = job;
            return await(job, until, whenLate);
        } finally {
            turn.unlock();
        }
    }

    private static <T> T await(TimedJob<T> job, long until, Runnable whenLate)
            throws InterruptedException, TimeoutException, RemoteFault, StoreFault {
        try {
            return job.await(left(until));
        } catch (TimeoutException e) {
            job.whenDone(whenLate);
            throw e;
        }
    }

    private static Duration left(long until) {
        return Duration.ofNanos(until - System.nanoTime());
    }

    /** Cuts off what runs, and waits a few seconds for its end. Nothing is started any more. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            TimedJob<?> last = latest;
            if (last != null) {
                last.cancel();
                last.awaitEnd(LONGEST_GOODBYE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            turn.unlock();
        }
    }
}
