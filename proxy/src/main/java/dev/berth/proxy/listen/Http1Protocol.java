package dev.berth.proxy.listen;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.EdgeLoops;
import dev.berth.proxy.flush.TurnFlush;
import dev.berth.proxy.observe.Counters.What;
import io.netty.channel.Channel;

/** HTTP/1.0 and 1.1 (RFC 9112): the order of the handlers of such a connection. */
public final class Http1Protocol implements Protocol {
    private final EdgeLoops loops;

    /** For connections on these loops. */
    public Http1Protocol(EdgeLoops loops) {
        this.loops = loops;
    }

    @Override
    public void speak(Channel channel, Peer peer) {
        EdgeLoop loop = loops.of(channel);
        loop.counters().add(What.Http1Begun, 1);
        loop.counters().add(What.Http1Open, 1);
        channel.closeFuture().addListener(_ -> loop.counters().add(What.Http1Open, -1));
        ClientConnection connection = new ClientConnection(channel, loop, peer);
        channel.pipeline()
                .addFirst(new TurnFlush(loop.pool().turn()))
                .addLast(
                        connection.decoder(), connection.encoder(), connection.rules(), connection);
    }
}
