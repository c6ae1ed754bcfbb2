package dev.berth.reconciler.source;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ProgressMonitor;

/**
 * Work on a virtual thread of its own, cut off at a deadline: JGit's transfer is told to stop, and
 * the thread is interrupted, which on a virtual thread ends any wait for a socket.
 */
final class TimedJob<T> {
    /** What is done. */
    @FunctionalInterface
    interface Work<T> {
        T with(ProgressMonitor monitor) throws RemoteFault, StoreFault;
    }

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final CancelFlag cancelled = new CancelFlag();
    private final Thread worker;
    private final Duration limit;

    private TimedJob(String name, Duration limit, Work<T> work, Runnable then) {
        this.limit = limit;
        this.worker = Thread.ofVirtual().name(name).unstarted(() -> run(work, then));
    }

    /**
     * @param work gets a monitor that tells when it is cut off
     * @param then done on the same thread after the result is out, within the same deadline
     */
    static <T> TimedJob<T> start(String name, Duration limit, Work<T> work, Runnable then) {
        TimedJob<T> job = new TimedJob<>(name, limit, work, then);
        job.worker.start();
        Thread.ofVirtual().name(name + "-deadline").start(job::enforceDeadline);
        return job;
    }

    private void run(Work<T> work, Runnable then) {
        try {
            result.complete(work.with(cancelled));
        } catch (RemoteFault | StoreFault | RuntimeException | Error e) {
            result.completeExceptionally(e);
            return;
        }
        then.run();
    }

    private void enforceDeadline() {
        try {
            while (!worker.join(limit)) {
                cancel();
            }
        } catch (InterruptedException e) {
            cancel();
        }
    }

    /** Cuts it off now. */
    void cancel() {
        cancelled.set();
        worker.interrupt();
    }

    /** True once it was told to stop, whether it has or not. */
    boolean isCutOff() {
        return cancelled.isCancelled();
    }

    /** True until its thread is done. */
    boolean goesOn() {
        return worker.isAlive();
    }

    /** Waits until its thread is done; false if that takes longer. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return patience.isPositive() ? worker.join(patience) : !worker.isAlive();
    }

    /**
     * Waits for the result.
     *
     * @throws TimeoutException if that takes longer
     */
    T await(Duration patience)
            throws InterruptedException, TimeoutException, RemoteFault, StoreFault {
        try {
            return result.get(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RemoteFault fault -> throw fault;
                case StoreFault fault -> throw fault;
                case null, default -> throw new IllegalStateException("Git work has a bug", e);
            }
        }
    }

    /** Calls when the result is out, at once if it is already. */
    void whenDone(Runnable call) {
        var _ = result.whenComplete((_, _) -> call.run());
    }

    private static final class CancelFlag extends EmptyProgressMonitor {
        private volatile boolean set;

        void set() {
            set = true;
        }

        @Override
        public boolean isCancelled() {
            return set;
        }
    }
}
