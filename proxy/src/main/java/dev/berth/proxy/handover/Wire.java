package dev.berth.proxy.handover;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
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
    private static final int MAX_LINE = 16 << 20;
    private static final Duration WRITE = Duration.ofSeconds(5);

    private final EpollDomainSocketChannel channel;
    private final BlockingQueue<Object> received;

    private Wire(EpollDomainSocketChannel channel, BlockingQueue<Object> received) {
        this.channel = channel;
        this.received = received;
    }

    /** What is received last. */
    private enum End {
        Reached
    }

    /**
     * Connects to the edge that listens there.
     *
     * @throws HandoverException if none does
     */
    static Wire connect(Path socket, EventLoopGroup group) throws HandoverException {
        Begin begin = new Begin();
        ChannelFuture connected =
                new Bootstrap()
                        .group(group)
                        .channel(EpollDomainSocketChannel.class)
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

    /** First handler of one end; what arrives waits in a queue. For one connection. */
    static final class Begin extends ChannelInitializer<Channel> {
        private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            new LineBasedFrameDecoder(MAX_LINE),
                            new StringDecoder(StandardCharsets.UTF_8),
                            new Inbox(received));
        }

        Wire on(EpollDomainSocketChannel channel) {
            return new Wire(channel, received);
        }
    }

    /** Sends a line. */
    void send(String line) throws IOException {
        write(channel.alloc().buffer().writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends a copy of a descriptor to a peer that expects one; ours stays open. */
    void send(FileDescriptor descriptor) throws IOException {
        write(descriptor);
    }

    private void write(Object message) throws IOException {
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
        if (instead != End.Reached) {
            return new HandoverException("the other edge sent what was not expected: " + instead);
        }
        received.add(End.Reached);
        return new HandoverException("the other edge has gone");
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
            var _ = context.close();
        }
    }
}
