package dev.berth.reconciler.cleanup.work;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.live.Labels;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where who brings images to the engine and who takes them away meet. What is needed is said before
 * it is asked for, and who asks for an image waits for the end of a removal that has begun: so
 * either the removal sees the need, or who needs it sees the image gone and brings it again. A
 * removal is one call; nobody waits for more than one. Thread-safe.
 */
public final class ImageShelf {
    private final Lock lock = new ReentrantLock();
    private final Condition removed = lock.newCondition();
    private final Set<String> pulled = new HashSet<>();
    private final Runnable onPulled;
    private @Nullable Needs needs;
    private boolean removing;
    private int building;

    /**
     * Makes one of which nothing is needed yet, so nothing may go.
     *
     * @param onPulled called on any thread when there is more of {@link #takePulled}
     */
    public ImageShelf(Runnable onPulled) {
        this.onPulled = onPulled;
    }

    /** One that nothing is ever taken from. */
    public static ImageShelf untouched() {
        return new ImageShelf(() -> {});
    }

    /** An effect on the engine. */
    @FunctionalInterface
    public interface Removal {
        void run() throws ReconcileException;
    }

    /** A build that goes on until it is closed. */
    @FunctionalInterface
    public interface Building extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Says what is needed.
     *
     * @param now {@code null} = nobody can tell
     * @return what was needed until now
     */
    @Nullable Needs needed(@Nullable Needs now) {
        lock.lock();
        try {
            Needs before = needs;
            needs = now;
            return before;
        } finally {
            lock.unlock();
        }
    }

    /** What is needed; {@code null} = nobody can tell. */
    @Nullable Needs needs() {
        lock.lock();
        try {
            return needs;
        } finally {
            lock.unlock();
        }
    }

    /** True while Berth builds something. */
    boolean isBuilding() {
        lock.lock();
        try {
            return building > 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes something away, if what is needed is still what that was decided by.
     *
     * @param layer whether a build that goes on may use it
     * @return false if it is not, or if it is such a layer; nothing was done then
     */
    boolean remove(Needs decidedBy, boolean layer, Removal removal) throws ReconcileException {
        lock.lock();
        try {
            if (removing || !decidedBy.equals(needs) || (layer && building > 0)) {
                return false;
            }
            removing = true;
        } finally {
            lock.unlock();
        }
        try {
            removal.run();
            return true;
        } finally {
            lock.lock();
            try {
                removing = false;
                removed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Returns once what was being removed is gone. Asked before the engine is asked for an image.
     */
    public void settle() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (removing) {
                removed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A build begins; no layer that it may use is removed until it ends. */
    public Building building() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (removing) {
                removed.await();
            }
            building++;
        } finally {
            lock.unlock();
        }
        return this::built;
    }

    private void built() {
        lock.lock();
        try {
            building--;
        } finally {
            lock.unlock();
        }
    }

    /** Berth has brought an image from a registry. */
    public void pulled(String reference) {
        lock.lock();
        try {
            pulled.add(reference);
        } finally {
            lock.unlock();
        }
        onPulled.run();
    }

    /** What was pulled since it was asked the last time; in an order that a run repeats. */
    SortedSet<String> takePulled() {
        lock.lock();
        try {
            SortedSet<String> taken = new TreeSet<>(pulled);
            pulled.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** The labels by which an image that is built now is known as ours later. */
    public Map<String, String> labels() {
        Needs now = needs();
        return now == null ? Map.of() : Map.of(Labels.BUILT_BY, now.instance());
    }
}
