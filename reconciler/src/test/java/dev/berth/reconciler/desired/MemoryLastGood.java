package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/** Remembers in memory; can be made to fail. */
final class MemoryLastGood implements LastGood {
    Memory memory = Memory.EMPTY;
    @Nullable String fault;

    @Override
    public Memory recall() {
        return memory;
    }

    @Override
    public void remember(Memory next) throws ReconcileException.Transient {
        memory = next;
        if (fault != null) {
            throw new ReconcileException.Transient(ReasonCode.DiskFull, fault);
        }
    }
}
