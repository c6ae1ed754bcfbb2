package dev.berth.proxy.handover;

import io.netty.channel.unix.FileDescriptor;
import java.time.Duration;
import java.util.Map;

/** A running edge, as far as its successor is concerned. Called by one thread at a time. */
public interface Elder {
    /**
     * Waits until its own elder has ended: there are never more than two generations. That one's
     * streams are ended for it.
     *
     * @return false when it has not in time
     */
    boolean awaitAlone(Duration atMost) throws InterruptedException;

    /**
     * Takes no snapshot until {@link #thaw}, by the same thread.
     *
     * @return false when the one that it is just taking takes longer than that
     */
    boolean freeze(Duration atMost) throws InterruptedException;

    /** The snapshot that is served. */
    long version();

    /** Takes snapshots again. */
    void thaw();

    /** What it listens on, by name; in an order that stays. */
    Map<String, FileDescriptor> sockets();

    /**
     * Gives up what only one edge of a home can have, and reports to the successor; accepts
     * connections as before. Between freeze and thaw, like the two that may follow.
     */
    void makeWay(Successor successor);

    /** The successor came to nothing: has again what it gave up. */
    void takeBack();

    /** The successor serves from now on: accepts nothing more. Must not wait for requests. */
    void leave(Successor successor);
}
