package dev.berth.reconciler.notify;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Which addresses alerts may be sent to. Thread-safe. */
@FunctionalInterface
public interface Reach {
    /**
     * Asked right before a connection is made.
     *
     * @param to with its address, and the host as it was named
     * @throws OutOfReachException if it may not be made
     * @throws IOException if that can't be told
     */
    void check(InetSocketAddress to) throws IOException;
}
