package dev.berth.proxy.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

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
                        .childHandler(begin)
                        .bind(new InetSocketAddress(port))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("port " + port + " cannot be listened on", bound.cause());
        }
        return new Listener(bound.channel());
    }

    /**
     * Accepts the connections of a socket that is listening already, which is this one's to close
     * from now on.
     *
     * @param begin first handler of each connection; sharable
     * @throws IOException if it is no such socket
     */
    public static Listener adopt(
            FileDescriptor descriptor, EventLoopGroup group, ChannelHandler begin)
            throws IOException {
        EpollServerSocketChannel socket;
        try {
            socket = new EpollServerSocketChannel(descriptor.intValue());
        } catch (RuntimeException e) {
            throw new IOException("what was given is not a listening socket", e);
        }
        socket.pipeline().addLast(new Acceptor(group, begin));
        ChannelFuture registered = group.register(socket).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("what was given is not a listening socket", registered.cause());
        }
        return new Listener(socket);
    }

    /** The open socket, to be given to another process; {@code null} where that is not possible. */
    public @Nullable FileDescriptor descriptor() {
        return socket instanceof EpollServerSocketChannel listening ? listening.fd() : null;
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
