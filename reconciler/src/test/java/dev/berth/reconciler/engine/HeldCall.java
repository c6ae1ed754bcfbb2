package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.util.concurrent.CountDownLatch;

/** A call that takes until it is let go, or until its thread is interrupted, which fails it. */
public final class HeldCall implements FakeFaults.Hook {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Override
    public void run(String subject) throws ReconcileException {
        begun.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupted.countDown();
            throw new ReconcileException.Transient(
                    ReasonCode.Superseded, "interrupted while at " + subject, e);
        }
    }

    /** True once it is held. */
    public boolean begun() {
        return begun.getCount() == 0;
    }

    /** Lets it go. */
    public void letGo() {
        goOn.countDown();
    }

    /** True once it was given up. */
    public boolean wasInterrupted() {
        return interrupted.getCount() == 0;
    }
}
