package dev.berth.proxy.listen;

import dev.berth.proxy.front.FrontNetworks;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection comes from: the socket says so, or a PROXY header.
 *
 * @param address IP address of the peer, or {@code unknown}
 * @param localPort that the peer connected to; -1 when not known
 * @param front who was believed when the connection began
 */
record Origin(String address, int localPort, FrontNetworks front) {
    private static final AttributeKey<Origin> KEY = AttributeKey.valueOf("berth.origin");

    /** The origin of a connection. */
    static Origin of(Channel channel) {
        Origin told = channel.attr(KEY).get();
        return told == null ? of(channel, FrontNetworks.NONE) : told;
    }

    /** What its socket says. */
    static Origin of(Channel channel, FrontNetworks front) {
        return new Origin(address(channel.remoteAddress()), port(channel.localAddress()), front);
    }

    /** It is this one from now on. */
    static void set(Channel channel, Origin origin) {
        channel.attr(KEY).set(origin);
    }

    /** Whether the one at the other end of the socket is believed. */
    static boolean isBelieved(Channel channel, FrontNetworks front) {
        InetAddress address = inet(channel.remoteAddress());
        return address != null && !front.isEmpty() && front.trusts(address.getAddress());
    }

    static String address(@Nullable SocketAddress peer) {
        InetAddress address = inet(peer);
        return address == null ? "unknown" : NetUtil.toAddressString(address);
    }

    private static @Nullable InetAddress inet(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress socket ? socket.getAddress() : null;
    }

    static int port(@Nullable SocketAddress local) {
        return local instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }
}
