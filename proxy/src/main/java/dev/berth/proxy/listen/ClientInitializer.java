package dev.berth.proxy.listen;

import dev.berth.proxy.exchange.EdgeLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.util.Map;

/** The order of the handlers of a client connection: the table of contents of this package. */
final class ClientInitializer extends ChannelInitializer<Channel> {
    private final Map<EventLoop, EdgeLoop> loops;
    private final Connections connections;

    ClientInitializer(Map<EventLoop, EdgeLoop> loops, Connections connections) {
        this.loops = loops;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel channel) {
        EdgeLoop loop = loops.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("accepted on an event loop that is not ours");
        }
        ClientConnection connection = new ClientConnection(channel, loop);
        connections.add(connection);
        channel.pipeline()
                .addLast(
                        connection.decoder(), connection.encoder(), connection.rules(), connection);
    }
}
