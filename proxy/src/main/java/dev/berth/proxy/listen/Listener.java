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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket. Connections wait in it until they are to be accepted. Thread-safe. */
public final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final Channel socket;

    private Listener(Channel socket) {
        this.socket = socket;
    }

    /**
     * Listens on every address, IPv4 and IPv6; accepts nothing yet.
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
                        .option(ChannelOption.AUTO_READ, false)
                        .childHandler(begin)
                        .bind(new InetSocketAddress(port))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("port " + port + " cannot be listened on", bound.cause());
        }
        return new Listener(bound.channel());
    }

    /**
     * Takes a socket that is listening already, which is this one's to close from now on, also when
     * it fails; accepts nothing yet.
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
            closeUnused(descriptor);
            throw new IOException("what was given is not a listening socket", e);
        }
        socket.config().setAutoRead(false);
        socket.pipeline().addLast(new Acceptor(group, begin));
        ChannelFuture registered = group.register(socket).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            var _ = socket.close();
            throw new IOException("what was given is not a listening socket", registered.cause());
        }
        return new Listener(socket);
    }

    private static void closeUnused(FileDescriptor descriptor) {
        try {
            descriptor.close();
        } catch (IOException e) {
            LOG.debug("a descriptor is not closed", e);
        }
    }

    /** Accepts connections from now on. */
    public void accept() {
        socket.config().setAutoRead(true);
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
