package dev.berth.proxy.listen;

import dev.berth.proxy.limit.ConnectionCaps;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The open client connections, to be able to wait for their end. Thread-safe. */
public final class Connections {
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final Object changed = new Object();
    private final ConnectionCaps caps;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder headersRefused = new LongAdder();
    private volatile @Nullable Drain asked;

    /** None is open. */
    public Connections(ConnectionCaps caps) {
        this.caps = caps;
    }

    /**
     * Counts a connection until it closes, upgraded or not; false when it is one too many and was
     * closed.
     *
     * @param ofProxy whether many clients may be behind its peer
     */
    boolean admit(Channel connection, boolean ofProxy) {
        return admit(connection, connection.remoteAddress(), ofProxy);
    }

    /** The same for a connection whose address is not that of its other end, as in QUIC. */
    public boolean admit(Channel connection, @Nullable SocketAddress peer) {
        return admit(connection, peer, false);
    }

    private boolean admit(Channel connection, @Nullable SocketAddress peer, boolean ofProxy) {
        if (!(ofProxy ? caps.enterUnnamed() : caps.enter(peer))) {
            var _ = connection.close();
            return false;
        }
        accepted.increment();
        open.add(connection);
        connection
                .closeFuture()
                .addListener(
                        _ -> {
                            if (ofProxy) {
                                caps.leaveUnnamed();
                            } else {
                                caps.leave(peer);
                            }
                            open.remove(connection);
                            if (asked != null) {
                                synchronized (changed) {
                                    changed.notifyAll();
                                }
                            }
                        });
        return asked == null || admitLate(connection, asked);
    }

    /** A proxy has sent no good PROXY header. */
    void refusedHeader() {
        headersRefused.increment();
    }

    /** Connections that were closed because of their PROXY header. */
    public long headersRefused() {
        return headersRefused.sum();
    }

    /** Connections that were let in so far. */
    public long accepted() {
        return accepted.sum();
    }

    /** Open connections now. */
    public int count() {
        return open.size();
    }

    /** One that was accepted just before the listening socket was closed. */
    private static boolean admitLate(Channel connection, Drain how) {
        return switch (how) {
            case Stop -> {
                var _ = connection.close();
                yield true;
            }
            case HandOver -> {
                how.note(connection);
                yield true;
            }
        };
    }

    /** Has each connection close once its requests are answered. */
    public void drain(Drain how) {
        asked = how;
        open.forEach(how::ask);
    }

    /**
     * Waits until all are closed.
     *
     * @return whether all were in time
     */
    public boolean awaitNone(Duration atMost) throws InterruptedException {
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
