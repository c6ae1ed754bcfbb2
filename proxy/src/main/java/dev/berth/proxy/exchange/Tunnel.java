package dev.berth.proxy.exchange;

import dev.berth.proxy.closing.LingeringClose;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Stalls;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.upstream.Http1Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An upgraded connection (RFC 9110 section 7.8): after the backend's 101 bytes pass both ways as
 * they are. Neither end is read while the other does not take what was read; the end of one way
 * ends both, after what was read has been sent. Confined to the event loop, which both ends share.
 */
final class Tunnel {
    /** FIN and opcode 8, two bytes of payload: 1001, "going away". */
    private static final byte[] CLOSE_TO_CLIENT = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

    /** The same as a client sends it, with a mask that changes nothing. */
    private static final byte[] CLOSE_TO_BACKEND = {
        (byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe9
    };

    private final Exchange exchange;
    private final Http1Upstream upstream;
    private final Runnable onClose;
    private final Deadline deadline;
    private final @Nullable StreamGrace grace;
    private final End clientEnd;
    private final End backendEnd;
    private boolean leaving;
    private boolean closed;

    /**
     * A tunnel that is not open yet.
     *
     * @param backend what the upstream connection leads to
     * @param onClose called once, when both ends are being closed
     */
    Tunnel(
            Exchange exchange,
            Http1Upstream upstream,
            @Nullable BackendLoad backend,
            Runnable onClose) {
        this.exchange = exchange;
        this.upstream = upstream;
        this.onClose = onClose;
        this.clientEnd = new End("client gone");
        this.backendEnd = new End("backend closed");
        this.deadline =
                new Deadline(
                        upstream.channel().eventLoop(), exchange.loop().timeouts(), this::expired);
        this.grace =
                backend == null
                        ? null
                        : StreamGrace.begin(
                                upstream.channel().eventLoop(),
                                backend,
                                exchange.policy().streamGrace(),
                                this::leave);
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
        clientEnd.linger();
        backendEnd.linger();
        if (!client.isActive() || !upstream.channel().isActive()) {
            close("client gone");
        }
    }

    private void expired(Wait wait) {
        close(wait == Wait.Tunnel ? "silent for too long" : "old release");
    }

    /**
     * Says goodbye to both ends with a Close frame, as soon as no frame is half sent, and gives
     * them a moment to answer: their clients know then to connect anew (RFC 6455 section 7.4.1).
     */
    private void leave() {
        if (!closed && !leaving) {
            leaving = true;
            deadline.await(Wait.ClientClose);
            clientEnd.sayGoodbye(CLOSE_TO_CLIENT);
            backendEnd.sayGoodbye(CLOSE_TO_BACKEND);
        }
    }

    private void close(String why) {
        if (closed) {
            return;
        }
        closed = true;
        deadline.close();
        if (grace != null) {
            grace.close();
        }
        onClose.run();
        exchange.tunnelClosed(clientEnd.received, backendEnd.received, why);
        clientEnd.finish();
        backendEnd.finish();
    }

    /** One end: what it reads is written to its peer. */
    private final class End extends ChannelInboundHandlerAdapter {
        private final String whenInactive;
        private final Stalls.Stall stall;
        private @Nullable Channel channel;
        private @Nullable End peer;
        private final FrameBoundary sent = new FrameBoundary();
        private byte @Nullable [] goodbye;
        private boolean silenced;
        private long received;

        End(String whenInactive) {
            this.whenInactive = whenInactive;
            this.stall =
                    exchange.loop()
                            .stalls()
                            .of(exchange.request().client(), () -> close("took nothing"));
        }

        void connect(Channel to) {
            channel = to;
        }

        /** What the other side sends on must not cost it what it has yet to read. */
        void linger() {
            if (channel instanceof DuplexChannel socket && socket.isActive()) {
                socket.pipeline()
                        .addBefore(
                                socket.pipeline().context(this).name(),
                                null,
                                new LingeringClose(exchange.loop().timeouts()));
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            End other = peer;
            if (closed
                    || other == null
                    || other.channel == null
                    || other.silenced
                    || !(message instanceof ByteBuf bytes)) {
                ReferenceCountUtil.release(message);
                return;
            }
            received += bytes.readableBytes();
            if (!leaving) {
                deadline.await(Wait.Tunnel);
            }
            boolean takes = other.relay(bytes, other.channel);
            context.channel().config().setAutoRead(takes);
        }

        /** Writes what the other end sent; true when this end takes more. */
        private boolean relay(ByteBuf bytes, Channel to) {
            byte[] last = goodbye;
            if (last == null) {
                sent.pass(bytes);
                var _ = to.write(bytes, to.voidPromise());
            } else {
                bytes.writerIndex(bytes.readerIndex() + sent.passToEnd(bytes));
                var _ = to.write(bytes, to.voidPromise());
                sayGoodbye(last);
            }
            if (to.isWritable()) {
                stall.keeps(to);
            } else {
                stall.begins(to);
            }
            return to.isWritable();
        }

        /** Sends this frame, now or after the one that is on its way, and nothing after it. */
        void sayGoodbye(byte[] frame) {
            Channel to = channel;
            if (to == null || silenced) {
                return;
            }
            goodbye = frame;
            if (sent.between()) {
                silenced = true;
                var _ = to.writeAndFlush(Unpooled.wrappedBuffer(frame), to.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (peer != null && peer.channel != null) {
                peer.channel.flush();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                stall.ends();
            }
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

        /** Closes after what is written, or when that is not taken for long. */
        void finish() {
            stall.ends();
            Channel open = channel;
            if (open == null || !open.isActive()) {
                return;
            }
            long most = exchange.loop().timeouts().stall().toMillis();
            var forced =
                    open.eventLoop()
                            .schedule(
                                    () -> {
                                        var _ = open.close();
                                    },
                                    most,
                                    TimeUnit.MILLISECONDS);
            open.closeFuture().addListener(_ -> forced.cancel(false));
            open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
