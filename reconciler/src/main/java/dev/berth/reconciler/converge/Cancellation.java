package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Whether work is to end early, and the places where it may: what is inside {@link #during} is
 * interrupted, everything else ends in its own time. So no write is cut in two. One for each
 * assignment; only its thread waits, anyone may cancel. Thread-safe.
 */
public final class Cancellation {
    private final Object lock = new Object();
    private @Nullable Thread waiting;
    private volatile @Nullable Why why;
    private volatile boolean stopping;

    /** What ends work. */
    public enum Why {
        /** Something else is wanted of the resource by now. */
        SUPERSEDED("given up for a newer commit"),
        /** Something was lost while it only tidied up. */
        REPAIR("left for a repair"),
        /** The process ends. */
        STOPPING("left for the next start: Berth stops");

        private final String text;

        Why(String text) {
            this.text = text;
        }
    }

    /** Something that takes its time. */
    @FunctionalInterface
    public interface Wait<T> {
        T run() throws ReconcileException, InterruptedException;
    }

    /** Ends the work at its next place to end. The first reason stays. */
    public void cancel(Why because) {
        synchronized (lock) {
            if (why == null) {
                why = because;
            }
            stopping |= because == Why.STOPPING;
            if (waiting != null) {
                waiting.interrupt();
            }
        }
    }

    /** True once it was cancelled. */
    public boolean cancelled() {
        return why != null;
    }

    /**
     * A place to end.
     *
     * @throws ReconcileException.Waiting with reason {@code Superseded} once it was cancelled
     */
    public void check() throws ReconcileException.Waiting {
        Why because = why;
        if (because != null) {
            throw new ReconcileException.Waiting(ReasonCode.Superseded, because.text);
        }
    }

    /**
     * A place to end for what no newer commit cuts short.
     *
     * @throws ReconcileException.Waiting with reason {@code Superseded} once the process ends,
     *     whatever cancelled it first
     */
    public void checkStop() throws ReconcileException.Waiting {
        if (stopping) {
            throw new ReconcileException.Waiting(ReasonCode.Superseded, Why.STOPPING.text);
        }
    }

    /**
     * Waits, or does what may be cut short. Afterwards the thread is not interrupted by {@link
     * #cancel} any more. What ended well although it was cancelled has ended well.
     *
     * @throws ReconcileException.Waiting with reason {@code Superseded} when it was cancelled
     *     before or meanwhile, whatever the wait made of that
     */
    public <T> T during(Wait<T> wait) throws ReconcileException {
        enter();
        try {
            return wait.run();
        } catch (ReconcileException e) {
            check();
            throw e;
        } catch (InterruptedException e) {
            check();
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "stopped while waiting");
        } finally {
            leave();
        }
    }

    private void enter() throws ReconcileException.Waiting {
        synchronized (lock) {
            check();
            if (waiting != null) {
                throw new IllegalStateException(waiting + " waits already");
            }
            waiting = Thread.currentThread();
        }
    }

    private void leave() {
        synchronized (lock) {
            waiting = null;
            if (why != null) {
                var _ = Thread.interrupted();
            }
        }
    }
}
