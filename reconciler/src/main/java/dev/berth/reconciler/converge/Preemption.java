package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Ends the waits of a running pass, because there is something newer or more urgent: what is not
 * yet in traffic is left at the next check, and goes on with the next pass if that still wants it.
 * A newer commit is told by its name, because a look from beside may see the very commit that the
 * pass is about to read. Thread-safe.
 */
public final class Preemption {
    private volatile @Nullable String working;
    private volatile @Nullable String newer;
    private volatile boolean urgent;
    private volatile boolean stopping;

    /** The pass at work is about this commit; what was seen before it began is forgotten. */
    public void reading(String commit) {
        newer = null;
        urgent = false;
        working = commit;
    }

    /** The config repo stands at this commit; true when that ends the waits of the pass at work. */
    public boolean supersede(String commit) {
        newer = commit;
        return !commit.equals(working);
    }

    /** Somebody waits for the next pass. */
    public void hurry() {
        urgent = true;
    }

    /** The process ends. */
    public void stop() {
        stopping = true;
    }

    /**
     * Ends a wait.
     *
     * @throws ReconcileException.Waiting when a newer revision is there, somebody waits for the
     *     next pass, or the process ends
     */
    void check() throws ReconcileException {
        checkCommit();
        if (urgent) {
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded,
                    "left for a moment: a request came for an app that sleeps");
        }
    }

    /**
     * Ends a wait that neither a newer commit nor anybody else cuts short.
     *
     * @throws ReconcileException.Waiting when the process ends
     */
    void checkStop() throws ReconcileException {
        if (stopping) {
            throw new ReconcileException.Waiting(ReasonCode.Superseded, "given up: Berth ends");
        }
    }

    /**
     * Ends a wait that is short, and is not to be cut again for whoever waits for the next pass.
     *
     * @throws ReconcileException.Waiting when a newer revision is there, or the process ends
     */
    void checkCommit() throws ReconcileException {
        String seen = newer;
        if (stopping || (seen != null && !seen.equals(working))) {
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "given up for a newer commit");
        }
    }
}
