package dev.berth.proxy.listen;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open client connections, to be able to wait for their end. Thread-safe. */
final class Connections {
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final Object changed = new Object();
    private volatile boolean draining;

    /** Counts a connection until it closes, upgraded or not. */
    void add(ClientConnection connection) {
        open.add(connection);
        connection
                .channel()
                .closeFuture()
                .addListener(
                        _ -> {
                            open.remove(connection);
                            if (draining) {
                                synchronized (changed) {
                                    changed.notifyAll();
                                }
                            }
                        });
        if (draining) {
            connection.drain();
        }
    }

    int count() {
        return open.size();
    }

    /**
     * Has each connection close once its request is answered, and waits for that.
     *
     * @return whether all did
     */
    boolean drain(Duration atMost) throws InterruptedException {
        draining = true;
        open.forEach(ClientConnection::drain);
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (changed) {
            while (!open.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.wait(Math.max(1, left / 1_000_000));
            }
        }
        return true;
    }
}
