package dev.berth.proxy.listen;

import dev.berth.proxy.exchange.EdgeLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/** The listening socket and the connections it accepted. Thread-safe. */
public final class Listener {
    private final Channel socket;
    private final Connections connections;

    private Listener(Channel socket, Connections connections) {
        this.socket = socket;
        this.connections = connections;
    }

    /**
     * Listens on every address, IPv4 and IPv6.
     *
     * @param port 0 picks a free one
     * @param loops what each loop of the group owns
     * @throws IOException if the port is taken or may not be used
     */
    public static Listener bind(
            int port, EventLoopGroup group, Transport transport, Map<EventLoop, EdgeLoop> loops)
            throws IOException {
        Connections connections = new Connections();
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(transport.listening())
                        .option(ChannelOption.SO_BACKLOG, 1024)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(new ClientInitializer(loops, connections))
                        .bind(new InetSocketAddress(port))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("port " + port + " cannot be listened on", bound.cause());
        }
        return new Listener(bound.channel(), connections);
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** Open client connections. */
    public int connections() {
        return connections.count();
    }

    /**
     * Accepts nothing more and waits for the requests in flight.
     *
     * @return whether all ended in time
     */
    public boolean close(Duration drain) throws InterruptedException {
        socket.close().awaitUninterruptibly();
        return connections.drain(drain);
    }
}
