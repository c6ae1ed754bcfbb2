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
    private final int most;
    private long left;
    private long filledAt = System.nanoTime();

    /**
     * A store that time has filled.
     *
     * @param size which time fills
     * @param most which {@link #earn} may fill, no less than the size
     */
    public Allowance(int size, int perSecond, int most) {
        this.size = size;
        this.perSecond = perSecond;
        this.most = most;
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

    /** Something was done for the client that it may answer with so many. */
    public void earn(int frames) {
        left = Math.min(most, left + frames);
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
