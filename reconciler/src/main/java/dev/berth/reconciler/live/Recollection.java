package dev.berth.reconciler.live;

import dev.berth.reconciler.ReconcileException;

/** Keeps the memory of passes for the next process. For one thread. */
public interface Recollection {
    /** Of a process that leaves nothing behind. */
    Recollection NONE =
            new Recollection() {
                @Override
                public Memory recall() {
                    return Memory.EMPTY;
                }

                @Override
                public void remember(Memory memory) {}
            };

    /** What the process before remembered; empty when that can't be read. */
    Memory recall();

    /**
     * Replaces what is remembered.
     *
     * @throws ReconcileException.Transient if it can't be kept
     */
    void remember(Memory memory) throws ReconcileException.Transient;
}
