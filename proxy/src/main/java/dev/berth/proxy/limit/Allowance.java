package dev.berth.proxy.limit;

/**
 * How many frames of a kind a client may send: a store that fills with time up to its size, and by
 * what is done for the client, since honest clients answer work with such frames. Confined to the
 * event loop.
 */
public final class Allowance {
    private static final long SECOND = 1_000_000_000L;

    private final int size;
    private final int perSecond;
    private final int perFrameSent;
    private long left;
    private long filledAt = System.nanoTime();

    /**
     * A full store.
     *
     * @param perFrameSent added for each HEADERS or DATA frame that we send
     */
    public Allowance(int size, int perSecond, int perFrameSent) {
        this.size = size;
        this.perSecond = perSecond;
        this.perFrameSent = perFrameSent;
        this.left = size;
    }

    /** Takes one; false when none is left. */
    public boolean take() {
        if (left == 0) {
            fill();
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }

    /** We have sent a frame. */
    public void sent() {
        left = Math.min(size, left + perFrameSent);
    }

    private void fill() {
        long now = System.nanoTime();
        long earned = (now - filledAt) / SECOND * perSecond;
        if (earned > 0) {
            filledAt = now;
            left = Math.min(size, earned);
        }
    }
}
