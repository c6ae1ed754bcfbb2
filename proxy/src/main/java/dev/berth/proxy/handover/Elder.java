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

    /** Takes no snapshot until {@link #thaw}, by the same thread; the version that is served. */
    long freeze();

    /** Takes snapshots again. */
    void thaw();

    /** What it listens on, by name; in an order that stays. */
    Map<String, FileDescriptor> sockets();

    /** Another edge serves from now on. Between freeze and thaw; must not wait for requests. */
    void leave(Successor successor);
}
