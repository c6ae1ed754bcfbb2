package dev.berth.proxy.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A listening socket. Thread-safe. */
public final class Listener {
    private final Channel socket;

    private Listener(Channel socket) {
        this.socket = socket;
    }

    /**
     * Listens on every address, IPv4 and IPv6.
     *
     * @param port 0 picks a free one
     * @param begin first handler of each connection; sharable
     * @throws IOException if the port is taken or may not be used
     */
    public static Listener bind(
            int port, EventLoopGroup group, Transport transport, ChannelHandler begin)
            throws IOException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(transport.listening())
                        .option(ChannelOption.SO_BACKLOG, 1024)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(begin)
                        .bind(new InetSocketAddress(port))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("port " + port + " cannot be listened on", bound.cause());
        }
        return new Listener(bound.channel());
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** Accepts nothing more. */
    public void close() {
        socket.close().awaitUninterruptibly();
    }
}
