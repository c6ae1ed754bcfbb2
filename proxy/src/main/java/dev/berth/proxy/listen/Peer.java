package dev.berth.proxy.listen;

import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sends the requests of a connection, and how they come in. Fixed for its life.
 *
 * @param address IP address of the client, or {@code unknown}
 * @param localPort that the client connected to; -1 when not known
 * @param served what TLS has settled; {@code null} without TLS
 */
public record Peer(String address, int localPort, @Nullable Served served) {
    /**
     * What the client was shown in the handshake.
     *
     * @param name that it asked for (SNI); {@code null} when it named none
     * @param certified names of the certificate that it got; empty when that is the default one
     */
    public record Served(@Nullable String name, List<String> certified) {}

    /** Whoever is at the other end of a connection. */
    public static Peer of(Channel channel, @Nullable Served served) {
        return new Peer(address(channel.remoteAddress()), port(channel.localAddress()), served);
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return served == null ? "http" : "https";
    }

    private static String address(@Nullable SocketAddress peer) {
        InetAddress address = peer instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return address == null ? "unknown" : NetUtil.toAddressString(address);
    }

    private static int port(@Nullable SocketAddress local) {
        return local instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }
}
