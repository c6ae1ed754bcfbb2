package dev.berth.reconciler.build.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/** So many at a time, first come, first served. Thread-safe. */
final class Turns {
    private final IntSupplier atOnce;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private long last;
    private int taken;

    /**
     * All free.
     *
     * @param atOnce how many may have a turn; asked each time, below 1 counts as 1
     */
    Turns(IntSupplier atOnce) {
        this.atOnce = atOnce;
    }

    /** How many would have theirs before one that comes now. */
    int ahead() {
        lock.lock();
        try {
            return taken < most() ? 0 : waiting.size() + taken;
        } finally {
            lock.unlock();
        }
    }

    void take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Long place = ++last;
            waiting.addLast(place);
            try {
                while (!waiting.getFirst().equals(place) || taken >= most()) {
                    var _ = changed.await(1, TimeUnit.SECONDS); // more may be allowed by then
                }
                taken++;
            } finally {
                waiting.remove(place);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void giveBack() {
        lock.lock();
        try {
            taken--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int most() {
        return Math.max(1, atOnce.getAsInt());
    }
}
