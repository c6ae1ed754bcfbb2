package dev.berth.proxy.listen;

import dev.berth.proxy.front.Front;
import dev.berth.proxy.front.FrontNetworks;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.observe.HandshakeCounters;
import io.netty.channel.Channel;

/**
 * What happens to every accepted connection first, whatever it goes on to speak: it is counted, and
 * one of a proxy that is believed has to show its PROXY header if those send one. Thread-safe.
 */
public final class Arrivals {
    private final Connections connections;
    private final Front front;
    private final Timeouts timeouts;
    private final HandshakeCounters handshakes = new HandshakeCounters();

    /** Connections are counted in {@code connections}. */
    public Arrivals(Connections connections, Front front, Timeouts timeouts) {
        this.connections = connections;
        this.front = front;
        this.timeouts = timeouts;
    }

    /** The handshakes of what comes in over TLS. */
    public HandshakeCounters handshakes() {
        return handshakes;
    }

    /** The limits of what comes in. */
    public Timeouts timeouts() {
        return timeouts;
    }

    /** Begins a connection, before any other handler; false when it was closed. */
    boolean admit(Channel channel) {
        FrontNetworks now = front.networks();
        boolean believed = Origin.isBelieved(channel, now);
        if (!connections.admit(channel, believed)) {
            return false;
        }
        if (believed) {
            Origin.set(channel, Origin.of(channel, now));
            if (now.proxyProtocol()) {
                channel.pipeline().addLast(new ProxyHeaderReader(connections, timeouts));
            }
        }
        return true;
    }
}
