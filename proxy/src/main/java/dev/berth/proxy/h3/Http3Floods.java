package dev.berth.proxy.h3;

import dev.berth.proxy.limit.Allowance;

/**
 * Counts what costs the edge work and moves no request (RFC 9114 section 10.5), each kind against
 * its {@link Allowance}. What floods within QUIC itself is limited by quiche. Confined to the event
 * loop.
 */
final class Http3Floods {
    /**
     * Netty keeps a little of each stream that was reset for as long as its connection lives, so
     * that must end some time.
     */
    private static final int MOST_RESETS = 1000;

    private final Allowance resets = new Allowance(200, 20, 0);
    private final Allowance emptyData = new Allowance(50, 5, 0);
    private final Allowance others = new Allowance(50, 5, 0);
    private int resetsEver;

    /** A stream that the client has cut, or that had to be reset because it was malformed. */
    boolean mayReset() {
        resetsEver++;
        return resets.take();
    }

    /** A stream that ended before its client's side did: it stays in Netty's memory as well. */
    boolean mayLeaveOpen() {
        resetsEver++;
        return resetsEver < 2 * MOST_RESETS;
    }

    /** Whether the connection has had so many resets that it should be replaced. */
    boolean wornOut() {
        return resetsEver >= MOST_RESETS;
    }

    /** A DATA frame without data. */
    boolean maySendNothing() {
        return emptyData.take();
    }

    /** A frame of a reserved type, or one of the control stream. */
    boolean maySendOther() {
        return others.take();
    }
}
