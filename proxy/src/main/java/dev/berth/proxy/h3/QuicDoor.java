package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.listen.Connections;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicChannel;

/**
 * Begins each connection of the QUIC socket, or refuses it once the edge leaves: its client is told
 * so at once and goes on over TCP, where the successor answers. When the last connection has ended
 * behind a shut door, the socket may go, too. Confined to the event loop.
 */
final class QuicDoor extends ChannelInitializer<QuicChannel> {
    /** The server refuses to accept a connection (RFC 9000 section 20.1). */
    private static final int CONNECTION_REFUSED = 0x2;

    private final EdgeLoop loop;
    private final Connections connections;
    private final QuicTls tls;
    private int open;
    private Runnable onEmpty = () -> {};
    private boolean shut;

    QuicDoor(EdgeLoop loop, Connections connections, QuicTls tls) {
        this.loop = loop;
        this.connections = connections;
        this.tls = tls;
    }

    @Override
    public boolean isSharable() {
        return true;
    }

    @Override
    protected void initChannel(QuicChannel channel) {
        if (shut) {
            QuicTls.of(channel).refuse();
            // Only once its first packet is read are there keys to say so with.
            channel.eventLoop().execute(() -> refuse(channel));
            return;
        }
        open++;
        channel.closeFuture().addListener(_ -> left());
        if (connections.admit(channel, channel.remoteSocketAddress())) {
            channel.pipeline().addLast(new QuicHandshake(channel, loop, tls));
        }
    }

    /**
     * Lets nobody in any more.
     *
     * @param then called once, when everybody who is in has left
     */
    void shut(Runnable then) {
        if (!shut) {
            shut = true;
            onEmpty = then;
            tellIfEmpty();
        }
    }

    private void left() {
        open--;
        tellIfEmpty();
    }

    private void tellIfEmpty() {
        if (shut && open == 0) {
            Runnable told = onEmpty;
            onEmpty = () -> {};
            told.run();
        }
    }

    private static void refuse(QuicChannel channel) {
        var _ = channel.close(false, CONNECTION_REFUSED, Unpooled.EMPTY_BUFFER);
    }
}
