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
    private static final Duration AFTER_THE_CUT = Duration.ofSeconds(2);

    private final String name;
    private final Duration limit;

    /** Held by the caller whose job is next or runs; guards what follows. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile @Nullable TimedJob<?> latest;
    private volatile boolean closed;

    /**
     * @param limit time after which a job is cut off
     */
    OneAtATime(String name, Duration limit) {
        this.name = name;
        this.limit = limit;
    }

    /** Patience ended before the work was started: it is not the fault of that work. */
    static final class NotStarted extends TimeoutException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Starts work when all earlier work has ended, and waits for its result.
     *
     * @param patience time to wait for both
     * @param then done on the job's thread after the result is out
     * @param whenLate called when the result comes after the caller stopped waiting for it
     * @throws NotStarted if patience ends while earlier work goes on, or after the close
     * @throws TimeoutException if patience ends after the start
     */
    <T> T run(TimedJob.Work<T> work, Runnable then, Duration patience, Runnable whenLate)
            throws InterruptedException, TimeoutException, RemoteFault, StoreFault {
        long until = System.nanoTime() + patience.toNanos();
        if (!turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new NotStarted();
        }
        try {
            if (closed) {
                throw new NotStarted();
            }
            TimedJob<?> previous = latest;
            if (previous != null && !previous.awaitEnd(patience(previous, until))) {
                throw new NotStarted();
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

    /** One that was cut off and goes on all the same is not worth anybody's time. */
    private static Duration patience(TimedJob<?> previous, long until) {
        Duration left = left(until);
        return previous.isCutOff() && left.compareTo(AFTER_THE_CUT) > 0 ? AFTER_THE_CUT : left;
    }

    private static Duration left(long until) {
        return Duration.ofNanos(until - System.nanoTime());
    }

    /** True while work goes on, whether anybody waits for it or not. */
    boolean isBusy() {
        TimedJob<?> job = latest;
        return job != null && job.goesOn();
    }

    /** Cuts off what runs, and waits a few seconds for its end. Nothing is started any more. */
    @Override
    public void close() {
        closed = true;
        TimedJob<?> running = latest;
        if (running != null) {
            running.cancel(); // whoever waits for it has the turn
        }
        try {
            if (turn.tryLock(LONGEST_GOODBYE.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    goodbye();
                } finally {
                    turn.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void goodbye() throws InterruptedException {
        TimedJob<?> last = latest;
        if (last != null) {
            last.cancel();
            last.awaitEnd(LONGEST_GOODBYE);
        }
    }
}
