package dev.berth.proxy.listen;

import dev.berth.proxy.limit.ConnectionCaps;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The open client connections, to be able to wait for their end. Thread-safe. */
public final class Connections {
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final Object changed = new Object();
    private final ConnectionCaps caps;
    private volatile boolean draining;

    /** None is open. */
    public Connections(ConnectionCaps caps) {
        this.caps = caps;
    }

    /**
     * Counts a connection until it closes, upgraded or not; false when it is one too many and was
     * closed.
     */
    boolean admit(Channel connection) {
        SocketAddress peer = connection.remoteAddress();
        if (!caps.enter(peer)) {
            var _ = connection.close();
            return false;
        }
        open.add(connection);
        connection
                .closeFuture()
                .addListener(
                        _ -> {
                            caps.leave(peer);
                            open.remove(connection);
                            if (draining) {
                                synchronized (changed) {
                                    changed.notifyAll();
                                }
                            }
                        });
        if (draining) {
            var _ = connection.close();
        }
        return true;
    }

    /** Open connections now. */
    public int count() {
        return open.size();
    }

    /**
     * Has each connection close once its requests are answered, and waits for that.
     *
     * @return whether all did
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        draining = true;
        open.forEach(Connections::drain);
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

    private static void drain(Channel connection) {
        connection
                .eventLoop()
                .execute(() -> connection.pipeline().fireUserEventTriggered(Drain.Begin));
    }
}
