package dev.berth.reconciler.lease;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;

/** Says who writes. Thread-safe. */
public interface Writership {
    /** Of a Berth that knows of no other. */
    Writership ALONE =
            new Writership() {
                @Override
                public Standing of(String instance) {
                    return new Standing.Writer(1);
                }

                @Override
                public Standing now() {
                    return new Standing.Writer(1);
                }
            };

    /**
     * Whether this Berth may write for an instance, which it does for one only. Asked for the first
     * time, or while an engine is slow to show that it still may, it takes a few seconds at most.
     *
     * @throws InterruptedException if the process ends meanwhile
     */
    Standing of(String instance) throws InterruptedException;

    /** The same of the instance that was asked for last; takes no time. */
    Standing now();

    /**
     * Lets only who may write pass.
     *
     * @throws ReconcileException.Transient with reason {@code NotWriter}
     */
    default void check() throws ReconcileException.Transient {
        String whyNot = now().whyNot();
        if (whyNot != null) {
            throw new ReconcileException.Transient(ReasonCode.NotWriter, whyNot);
        }
    }
}
