package dev.berth.proxy.listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket. Connections wait in it until they are to be accepted. Thread-safe. */
public final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final Channel socket;
    private final int port;

    private Listener(Channel socket, int port) {
        this.socket = socket;
        this.port = port;
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
        return new Listener(bound.channel(), portOf(bound.channel()));
    }

    /**
     * Takes a socket that is listening already, which is this one's to close from now on, also when
     * it fails; accepts nothing yet.
     *
     * @param begin first handler of each connection; sharable
     * @throws IOException if it is no such socket
     */
    public static Listener adopt(
            FileDescriptor descriptor,
            EventLoopGroup group,
            Transport transport,
            ChannelHandler begin)
            throws IOException {
        try {
            int port = portOf(Adoption.listening(descriptor));
            return new Listener(
                    transport.adopt(descriptor, group, new Acceptor(group, begin)), port);
        } catch (IOException e) {
            closeUnused(descriptor);
            throw e;
        }
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
        return socket instanceof UnixChannel listening ? listening.fd() : null;
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    private static int portOf(Channel socket) {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** Accepts nothing more. */
    public void close() {
        socket.close().awaitUninterruptibly();
    }
}
