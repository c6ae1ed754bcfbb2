package dev.berth.proxy.listen;

import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who sends the requests of a connection, and how they come in. Fixed for its life.
 *
 * @param address IP address of the client, or {@code unknown}
 * @param localPort that the client connected to; -1 when not known
 * @param scheme {@code http} or {@code https}
 */
public record Peer(String address, int localPort, String scheme) {
    /** Whoever is at the other end of a connection without TLS. */
    public static Peer of(Channel channel) {
        return new Peer(address(channel.remoteAddress()), port(channel.localAddress()), "http");
    }

    private static String address(@Nullable SocketAddress peer) {
        InetAddress address = peer instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return address == null ? "unknown" : NetUtil.toAddressString(address);
    }

    private static int port(@Nullable SocketAddress local) {
        return local instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }
}
