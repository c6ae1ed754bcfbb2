package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a newer commit end the waits of a running pass: what is not yet in traffic is given up at
 * the next check. Thread-safe.
 */
public final class Preemption {
    private final AtomicBoolean superseded = new AtomicBoolean();

    /** A newer revision is there. */
    public void supersede() {
        superseded.set(true);
    }

    /** A new pass begins. */
    public void reset() {
        superseded.set(false);
    }

    /**
     * Ends a wait.
     *
     * @throws ReconcileException.Waiting when a newer revision is there
     */
    void check() throws ReconcileException {
        if (superseded.get()) {
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "given up for a newer commit");
        }
    }
}
