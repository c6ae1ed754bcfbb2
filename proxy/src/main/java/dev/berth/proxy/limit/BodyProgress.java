package dev.berth.proxy.limit;

import java.time.Duration;

/**
 * Whether a request body comes fast enough: not in how long it takes as a whole, but in each window
 * of time. One that drips a byte now and then would keep a connection and a backend for ever
 * without ever being silent. Times are {@link System#nanoTime}. Confined to one thread.
 */
public final class BodyProgress {
    /** 240 bytes a second, far below any modem. */
    public static final Rate SLOWEST = new Rate(7200, Duration.ofSeconds(30));

    private final Rate slowest;
    private boolean running;
    private long windowFrom;
    private long inWindow;

    /** Nothing has come yet. */
    public BodyProgress(Rate slowest) {
        this.slowest = slowest;
    }

    /**
     * The least that must come.
     *
     * @param bytes in each window
     */
    public record Rate(long bytes, Duration window) {}

    /** So many bytes have come; false when that is too slow. */
    public boolean received(int bytes, long now) {
        if (!running) {
            running = true;
            windowFrom = now;
            inWindow = 0;
        }
        inWindow += bytes;
        if (now - windowFrom < slowest.window().toNanos()) {
            return true;
        }
        boolean enough = inWindow >= slowest.bytes();
        windowFrom = now;
        inWindow = 0;
        return enough;
    }

    /** We do not read for now: the time until the next bytes is not the client's. */
    public void paused() {
        running = false;
    }
}
