package dev.berth.proxy.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket between two generations of the edge, which talk by turns: lines of text, and, where
 * both expect it, descriptors (SCM_RIGHTS, unix(7)). Waits block, with a deadline each; not for
 * event loops. One thread reads, one writes.
 */
public final class Wire implements AutoCloseable {
    /** Reports of an elder: of thousands of apps. */
    private static final int LONG_LINE = 16 << 20;

    /** Words of a successor. */
    private static final int SHORT_LINE = 1024;

    private static final Duration WRITE = Duration.ofSeconds(5);
    private static final int CONNECT_MILLIS = 5000;

    private final EpollDomainSocketChannel channel;
    private final BlockingQueue<Object> received;

    private Wire(EpollDomainSocketChannel channel, BlockingQueue<Object> received) {
        this.channel = channel;
        this.received = received;
    }

    /** What is received last. */
    private enum End {
        Reached,
        Garbled
    }

    /**
     * Connects to the edge that listens there.
     *
     * @throws HandoverException if none does
     */
    static Wire connect(Path socket, EventLoopGroup group) throws HandoverException {
        Begin begin = new Begin(LONG_LINE);
        ChannelFuture connected =
                new Bootstrap()
                        .group(group)
                        .channel(EpollDomainSocketChannel.class)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                        // Else what was said before it closed would go unread.
                        .option(ChannelOption.AUTO_CLOSE, false)
                        .handler(begin)
                        .connect(new DomainSocketAddress(socket.toFile()))
                        .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            throw new HandoverException(
                    "no edge runs that could be taken over from: nobody listens at %s; start one without \"upgrade\""
                            .formatted(socket),
                    connected.cause());
        }
        return new Wire((EpollDomainSocketChannel) connected.channel(), begin.received);
    }

    /** The elder's end of a connection that was accepted, whose words are short. */
    static Wire accepted(EpollDomainSocketChannel channel) {
        Begin begin = new Begin(SHORT_LINE);
        channel.pipeline().addLast(begin);
        return new Wire(channel, begin.received);
    }

    /** First handler of one end; what arrives waits in a queue. For one connection. */
    private static final class Begin extends ChannelInitializer<Channel> {
        private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
        private final int longest;

        Begin(int longest) {
            this.longest = longest;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            new LineBasedFrameDecoder(longest, true, true),
                            new StringDecoder(StandardCharsets.UTF_8),
                            new Inbox(received));
        }
    }

    /** The process at the other end; 0 when it is not known. */
    int pid() {
        try {
            return channel.peerCredentials().pid();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Sends a line. */
    void send(String line) throws HandoverException {
        write(encoded(line));
    }

    /**
     * Sends a line as the last one and closes then, without waiting: a peer that takes nothing now
     * finds it when it does again.
     */
    void sendLast(String line) {
        channel.writeAndFlush(encoded(line)).addListener(ChannelFutureListener.CLOSE);
    }

    /** The same, but the peer may close first, for that long. */
    void sendLast(String line, Duration letGo) {
        ChannelFuture written = channel.writeAndFlush(encoded(line));
        channel.closeFuture().awaitUninterruptibly(letGo.toMillis());
        written.addListener(ChannelFutureListener.CLOSE);
    }

    private ByteBuf encoded(String line) {
        return channel.alloc().buffer().writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a copy of a descriptor to a peer that expects one; ours stays open. */
    void send(FileDescriptor descriptor) throws HandoverException {
        write(descriptor);
    }

    private void write(Object message) throws HandoverException {
        ChannelFuture written = channel.writeAndFlush(message);
        if (!written.awaitUninterruptibly(WRITE.toMillis()) || !written.isSuccess()) {
            throw new HandoverException("the other edge takes nothing", written.cause());
        }
    }

    /**
     * The next line.
     *
     * @throws HandoverException if it does not come in time, or the other end has closed
     */
    String line(Duration atMost) throws HandoverException {
        String line = pollLine(atMost);
        if (line == null) {
            throw new HandoverException(
                    "the other edge said nothing for %d s".formatted(atMost.toSeconds()));
        }
        return line;
    }

    /** The same, but {@code null} when it does not come in time. */
    @Nullable String pollLine(Duration atMost) throws HandoverException {
        Object next = next(atMost);
        if (next == null) {
            return null;
        }
        if (next instanceof String line) {
            return line;
        }
        throw ended(next);
    }

    /** The next bytes are to be descriptors; before the other end is asked for them. */
    void expectDescriptors() throws HandoverException {
        read(DomainSocketReadMode.FILE_DESCRIPTORS);
    }

    /** The next bytes are lines again. */
    void expectLines() throws HandoverException {
        read(DomainSocketReadMode.BYTES);
    }

    private void read(DomainSocketReadMode mode) throws HandoverException {
        if (!channel.eventLoop()
                .submit(() -> channel.config().setReadMode(mode))
                .awaitUninterruptibly(WRITE.toMillis())) {
            throw new HandoverException("the event loop is stuck");
        }
    }

    /** The next descriptor, which is the caller's to close. */
    FileDescriptor descriptor(Duration atMost) throws HandoverException {
        Object next = next(atMost);
        if (next instanceof FileDescriptor descriptor) {
            return descriptor;
        }
        throw next == null ? new HandoverException("the other edge sent no socket") : ended(next);
    }

    private @Nullable Object next(Duration atMost) throws HandoverException {
        try {
            return received.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HandoverException("stopped while waiting for the other edge", e);
        }
    }

    /** Whether the other end has closed, and all that it said was read. */
    boolean atEnd() {
        return received.peek() == End.Reached;
    }

    private HandoverException ended(Object instead) {
        if (instead == End.Reached) {
            received.add(End.Reached);
            return new HandoverException("the other edge has gone");
        }
        return new HandoverException(
                instead == End.Garbled
                        ? "the other edge sent a line without end"
                        : "the other edge sent what was not expected: " + instead);
    }

    /** Whether more can be said. */
    boolean isOpen() {
        return channel.isActive();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly(WRITE.toMillis());
        for (Object left = received.poll(); left != null; left = received.poll()) {
            if (left instanceof FileDescriptor descriptor) {
                ListeningSockets.close(descriptor);
            }
        }
        received.add(End.Reached);
    }

    private static final class Inbox extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Object> received;

        Inbox(BlockingQueue<Object> received) {
            this.received = received;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            switch (message) {
                case String line -> received.add(line);
                case FileDescriptor descriptor -> received.add(descriptor);
                default -> ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            received.add(End.Reached);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof DecoderException) {
                // Not closed: who is wrong is still to be told so.
                received.add(End.Garbled);
            } else {
                var _ = context.close();
            }
        }
    }
}
