package dev.berth.reconciler.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Runs tasks on virtual threads, some at a time. */
final class Parallel {
    private Parallel() {}

    /**
     * The results in the order of the tasks. The first failure, and an interrupt, interrupts all
     * tasks that still run; none is running when this returns.
     */
    static <T> List<T> of(int atOnce, List<Callable<T>> tasks) throws Exception {
        Semaphore permits = new Semaphore(atOnce);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> withPermit(permits, task)));
            }
            return results(futures, threads);
        }
    }

    private static <T> List<T> results(List<Future<T>> futures, ExecutorService threads)
            throws Exception {
        List<T> results = new ArrayList<>();
        boolean whole = false;
        try {
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            whole = true;
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            if (!whole) {
                threads.shutdownNow();
            }
        }
    }

    private static <T> T withPermit(Semaphore permits, Callable<T> task) throws Exception {
        permits.acquire();
        try {
            return task.call();
        } finally {
            permits.release();
        }
    }
}
