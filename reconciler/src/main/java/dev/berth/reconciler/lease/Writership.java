package dev.berth.reconciler.lease;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;

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

                @Override
                public Duration undecidedFor() {
                    return Duration.ZERO;
                }
            };

    /** Longer than any change of hands takes: who can't tell for so long is in trouble. */
    Duration TROUBLE = Duration.ofMinutes(1);

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
     * How long it has not been known now who writes; zero when it is, and before anybody asked.
     * Takes no time.
     */
    Duration undecidedFor();

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
