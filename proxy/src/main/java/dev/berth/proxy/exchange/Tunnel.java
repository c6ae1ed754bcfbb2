package dev.berth.proxy.exchange;

import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.upstream.Http1Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * An upgraded connection (RFC 9110 section 7.8): after the backend's 101 bytes pass both ways as
 * they are. Neither end is read while the other does not take what was read; the end of one way
 * ends both, after what was read has been sent. Confined to the event loop, which both ends share.
 */
final class Tunnel {
    private final Exchange exchange;
    private final Http1Upstream upstream;
    private final Runnable onClose;
    private final Deadline deadline;
    private final End clientEnd = new End("client gone");
    private final End backendEnd = new End("backend closed");
    private boolean closed;

    /**
     * A tunnel that is not open yet.
     *
     * @param onClose called once, when both ends are being closed
     */
    Tunnel(Exchange exchange, Http1Upstream upstream, Runnable onClose) {
        this.exchange = exchange;
        this.upstream = upstream;
        this.onClose = onClose;
        this.deadline =
                new Deadline(
                        upstream.channel().eventLoop(),
                        exchange.loop().timeouts(),
                        _ -> close("silent for too long"));
    }

    /** Sends the 101 on and turns both connections into pipes. */
    void open(HttpResponse switching) {
        exchange.client().switching(switching);
        exchange.client().flush();
        upstream.stopEncoding();
        backendEnd.connect(upstream.channel());
        clientEnd.peer = backendEnd;
        backendEnd.peer = clientEnd;
        deadline.await(Wait.Tunnel);
        Channel client = exchange.client().unwrap(clientEnd);
        clientEnd.connect(client);
        upstream.unwrap(backendEnd);
        if (!client.isActive() || !upstream.channel().isActive()) {
            close("client gone");
        }
    }

    private void close(String why) {
        if (closed) {
            return;
        }
        closed = true;
        deadline.close();
        onClose.run();
        exchange.tunnelClosed(clientEnd.received, backendEnd.received, why);
        clientEnd.finish();
        backendEnd.finish();
    }

    /** One end: what it reads is written to its peer. */
    private final class End extends ChannelInboundHandlerAdapter {
        private final String whenInactive;
        private @Nullable Channel channel;
        private @Nullable End peer;
        private long received;

        End(String whenInactive) {
            this.whenInactive = whenInactive;
        }

        void connect(Channel to) {
            channel = to;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel to = peer == null ? null : peer.channel;
            if (to == null || !(message instanceof ByteBuf bytes)) {
                ReferenceCountUtil.release(message);
                return;
            }
            received += bytes.readableBytes();
            deadline.await(Wait.Tunnel);
            var _ = to.write(bytes, to.voidPromise());
            context.channel().config().setAutoRead(to.isWritable());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (peer != null && peer.channel != null) {
                peer.channel.flush();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (peer != null && peer.channel != null && context.channel().isWritable()) {
                peer.channel.config().setAutoRead(true);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            close(whenInactive);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A reset; the close that follows tells the other end.
            var _ = context.close();
        }

        void finish() {
            Channel open = channel;
            if (open != null && open.isActive()) {
                open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
