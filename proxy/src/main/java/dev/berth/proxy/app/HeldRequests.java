package dev.berth.proxy.app;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests of an app wait for it; at most so many may. Thread-safe. */
public final class HeldRequests {
    /** More than that would all come at once when the app is there. */
    public static final int MOST = 128;

    private final AtomicInteger held = new AtomicInteger();

    HeldRequests() {}

    /** One more, unless there are too many. */
    public boolean enter() {
        if (held.incrementAndGet() > MOST) {
            held.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One has gone on or given up. */
    public void leave() {
        held.decrementAndGet();
    }

    /** How many there are now. */
    public int count() {
        return held.get();
    }
}
