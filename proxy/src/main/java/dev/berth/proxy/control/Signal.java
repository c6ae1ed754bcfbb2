package dev.berth.proxy.control;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Says that there is something to report, however often, to one waiting thread. Never blocks. */
public final class Signal {
    private final Semaphore raised = new Semaphore(0);

    /** Raises it. Any thread. */
    public void raise() {
        if (raised.availablePermits() == 0) {
            raised.release();
        }
    }

    /** Waits until it is raised or the time is over, and lowers it. */
    public void await(Duration atMost) throws InterruptedException {
        if (raised.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            raised.drainPermits();
        }
    }
}
