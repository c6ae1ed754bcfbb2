package dev.berth.proxy.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts open client connections, all and by address, and says when there are too many. Who opens
 * thousands and leaves them idle takes none from anybody else. Thread-safe.
 */
public final class ConnectionCaps {
    private final ConnectionLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<Client, Integer> byClient = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();

    /** None is open. */
    public ConnectionCaps(ConnectionLimits limits) {
        this.limits = limits;
    }

    /**
     * Counts a connection; false when it is one too many and must be closed at once.
     *
     * @param peer its other end
     */
    public boolean enter(@Nullable SocketAddress peer) {
        if (!enterUnnamed()) {
            return false;
        }
        Integer count = byClient.merge(Client.of(peer), 1, Integer::sum);
        if (count != null && count > limits.perClient()) {
            leave(peer);
            refused.increment();
            return false;
        }
        return true;
    }

    /** Counts a connection that may be anybody's: only the cap of all counts. */
    public boolean enterUnnamed() {
        if (open.incrementAndGet() > limits.total()) {
            open.decrementAndGet();
            refused.increment();
            return false;
        }
        return true;
    }

    /** One that was let in unnamed has closed. */
    public void leaveUnnamed() {
        open.decrementAndGet();
    }

    /** A connection that was let in has closed. */
    public void leave(@Nullable SocketAddress peer) {
        open.decrementAndGet();
        byClient.computeIfPresent(Client.of(peer), (_, count) -> count == 1 ? null : count - 1);
    }

    /** Connections that were refused so far. */
    public long refused() {
        return refused.sum();
    }

    /** Addresses with open connections. */
    int clients() {
        return byClient.size();
    }

    /** Who shares a cap: an IPv4 address, or a /64 network of IPv6; by bytes, without text. */
    private record Client(long address) {
        static Client of(@Nullable SocketAddress peer) {
            InetAddress address = peer instanceof InetSocketAddress inet ? inet.getAddress() : null;
            if (address == null) {
                return new Client(-1);
            }
            byte[] bytes = address.getAddress();
            int used = address instanceof Inet6Address ? ClientNetwork.IPV6_BYTES : bytes.length;
            long value = used;
            for (byte b : Arrays.copyOf(bytes, used)) {
                value = (value << 8) | (b & 0xff);
            }
            return new Client(value);
        }
    }
}
