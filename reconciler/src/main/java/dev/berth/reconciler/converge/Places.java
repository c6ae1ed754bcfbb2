package dev.berth.reconciler.converge;

import java.util.concurrent.Semaphore;

/**
 * How much is worked on at a time: few things are made, started and stopped, while many may wait
 * for an image, to get ready or to drain. First come, first served. Thread-safe.
 */
final class Places {
    private static final int ACTIVE = 8;
    private static final int OPEN = 64;

    private final Semaphore active;
    private final Semaphore open;

    Places() {
        this(ACTIVE, OPEN);
    }

    /**
     * @param active at work
     * @param open at work or waiting; at least {@code active}
     */
    Places(int active, int open) {
        this.active = new Semaphore(active, true);
        this.open = new Semaphore(open, true);
    }

    void open() throws InterruptedException {
        open.acquire();
    }

    void close() {
        open.release();
    }

    void enter() throws InterruptedException {
        active.acquire();
    }

    void leave() {
        active.release();
    }
}
