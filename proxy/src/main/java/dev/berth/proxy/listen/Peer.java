package dev.berth.proxy.listen;

import dev.berth.proxy.front.Forwarding;
import dev.berth.proxy.front.FrontNetworks;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.TlsFacts;
import dev.berth.proxy.limit.ClientNetwork;
import dev.berth.proxy.limit.OpenStreams;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sends the requests of a connection, and how they come in. Fixed for its life.
 *
 * @param address IP address of the client, or of the proxy that speaks for it, or {@code unknown}
 * @param localPort that the client connected to; -1 when not known
 * @param served what TLS has settled; {@code null} without TLS
 * @param front who is believed when he speaks for others
 */
public record Peer(String address, int localPort, @Nullable Served served, FrontNetworks front) {
    /** Who speaks for himself. */
    public Peer(String address, int localPort, @Nullable Served served) {
        this(address, localPort, served, FrontNetworks.NONE);
    }

    /**
     * What the client was shown in the handshake.
     *
     * @param name that it asked for (SNI); {@code null} when it named none
     * @param certified names of the certificate that it got; empty when that is the default one
     * @param tls what was agreed on; {@code null} when that is not known
     */
    public record Served(@Nullable String name, List<String> certified, @Nullable TlsFacts tls) {
        /** Of which no more is known. */
        public Served(@Nullable String name, List<String> certified) {
            this(name, certified, null);
        }
    }

    /** Whoever is at the other end of a connection. */
    public static Peer of(Channel channel, @Nullable Served served) {
        Origin origin = Origin.of(channel);
        return new Peer(origin.address(), origin.localPort(), served, origin.front());
    }

    /** Whoever is at the other end of a connection between these two addresses. */
    public static Peer of(
            @Nullable SocketAddress remote,
            @Nullable SocketAddress local,
            @Nullable Served served) {
        return new Peer(Origin.address(remote), Origin.port(local), served);
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return served == null ? "http" : "https";
    }

    /** Whether what it says about others is believed. */
    boolean believed() {
        return front.trusts(address);
    }

    /** The streams of its connection, which end with it. */
    public OpenStreams.OfConnection in(OpenStreams streams) {
        return believed() ? streams.ofMany() : streams.ofClient(ClientNetwork.of(address));
    }

    /** Who asks, by what the peer says if it is believed. */
    Forwarding forwarding(RequestHead head) {
        Forwarding.Connection connection = new Forwarding.Connection(address, scheme(), localPort);
        return front.isEmpty()
                ? Forwarding.direct(head.headers(), connection)
                : Forwarding.believed(head.headers(), connection, front);
    }

    /** Fills in what a head that breaks a rule did not get to say. */
    public void identify(RequestHead refused) {
        refused.from(forwarding(refused).client());
        refused.secured(served == null ? null : served.tls());
    }
}
