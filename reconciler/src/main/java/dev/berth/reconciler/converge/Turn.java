package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.converge.Cancellation.Wait;
import dev.berth.reconciler.converge.Cancellation.Why;
import dev.berth.schemas.status.ReasonCode;

/**
 * One assignment at work: the place it holds, how it ends early, and whether it may still take
 * anything away. Its thread does everything but {@link #cancel} and {@link #blind}, which anyone
 * may.
 */
final class Turn {
    private final Cancellation cancellation = new Cancellation();
    private final Places places;
    private volatile boolean blind;
    private volatile boolean tidying;
    private boolean open;
    private boolean active;

    Turn(Places places) {
        this.places = places;
    }

    /** Waits for a place, unless it has one. */
    void begin() throws ReconcileException {
        if (!open) {
            open = cancellation.during(waiting(places::open));
        }
        if (!active) {
            active = cancellation.during(waiting(places::enter));
        }
    }

    /** Gives its place back. */
    void end() {
        pause();
        if (open) {
            open = false;
            places.close();
        }
    }

    private void pause() {
        if (active) {
            active = false;
            places.leave();
        }
    }

    /** Ends it at its next place to end. */
    void cancel(Why why) {
        cancellation.cancel(why);
    }

    /** What is could not be seen: from now on it takes nothing away. */
    void blind() {
        blind = true;
    }

    /** What is wanted serves: from now on it only takes away what is too much. */
    void tidiesUp() {
        tidying = true;
    }

    boolean tidying() {
        return tidying;
    }

    /** A place to end. */
    void check() throws ReconcileException {
        cancellation.check();
    }

    /**
     * Asked before anything is stopped or removed.
     *
     * @throws ReconcileException.Waiting when it is to end, or nobody can see what it would take
     *     away
     */
    void checkPermit() throws ReconcileException {
        cancellation.check();
        if (blind) {
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded,
                    "nothing is taken away after a look that did not see everything; looked at"
                            + " again");
        }
    }

    /**
     * A place to end for what no newer commit cuts short.
     *
     * @throws ReconcileException.Waiting when the process ends
     */
    void checkStop() throws ReconcileException {
        cancellation.checkStop();
    }

    /** Waits for an image, or for something to get ready or to end; others may have the place. */
    <T> T aside(Wait<T> wait) throws ReconcileException {
        pause();
        T result;
        try {
            result = cancellation.during(wait);
        } catch (ReconcileException e) {
            if (!cancellation.cancelled()) {
                begin();
            }
            throw e;
        }
        begin();
        return result;
    }

    /**
     * Waits for something that is worse half done than late; others may have the place meanwhile.
     * Nothing interrupts it: it asks {@link #checkStop} itself. What it came to is told also when
     * something else is wanted by then.
     */
    <T> T toTheEnd(Wait<T> wait) throws ReconcileException {
        pause();
        T result;
        try {
            result = wait.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "stopped while waiting");
        }
        if (!cancellation.cancelled()) {
            begin();
        }
        return result;
    }

    /** Does what may be cut short, and keeps the place. */
    <T> T during(Wait<T> wait) throws ReconcileException {
        return cancellation.during(wait);
    }

    /** Likewise {@link #aside(Wait)}. */
    void aside(Deed deed) throws ReconcileException {
        var _ = aside(waiting(deed));
    }

    /** Likewise {@link #during(Wait)}. */
    void during(Deed deed) throws ReconcileException {
        var _ = cancellation.during(waiting(deed));
    }

    private static Wait<Boolean> waiting(Deed deed) {
        return () -> {
            deed.run();
            return true;
        };
    }

    /** Something that takes its time and gives nothing. */
    @FunctionalInterface
    interface Deed {
        /** Ends early when its thread is interrupted. */
        void run() throws ReconcileException, InterruptedException;
    }
}
