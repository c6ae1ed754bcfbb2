package dev.berth.proxy.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands where an elder is asked for its sockets, and passes on what it and its successors say;
 * each line only as long as the test lets it.
 */
public final class HandoverRelay implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final Path socket;
    private final Path elder;
    private final Object ownKey;
    private final Tap tap;
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    private HandoverRelay(Path socket, Tap tap) throws IOException {
        this.socket = socket;
        this.elder = socket.resolveSibling("elder.sock");
        this.tap = tap;
        Path own = socket.resolveSibling("relay.sock");
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                Wire successor = Wire.accepted((EpollDomainSocketChannel) channel);
                                Thread.ofVirtual().start(() -> relay(successor));
                            }
                        })
                .bind(new DomainSocketAddress(own.toFile()))
                .syncUninterruptibly();
        Files.move(socket, elder);
        this.ownKey = key(own);
        Files.move(own, socket);
    }

    /** What to do with a line. */
    public interface Tap {
        /**
         * Called before a line is passed on.
         *
         * @return the line to pass; {@code null} ends the connection to both
         */
        @Nullable String passes(String line) throws Exception;
    }

    /** Between those who come to this socket and the edge that listens there. */
    public static HandoverRelay at(Path socket, Tap tap) throws IOException {
        return new HandoverRelay(socket, tap);
    }

    /** What was said, in order. */
    public Queue<String> said() {
        return said;
    }

    @SuppressWarnings("IllegalCatch") // a tap may do anything
    private void relay(Wire successor) {
        Wire running = null;
        try {
            running = Wire.connect(elder, group);
            String hello = pass(successor.line(LONG), running);
            if (hello.equals(Words.HELLO)) {
                pass(running.line(LONG), successor);
            }
            String offer = pass(running.line(LONG), successor);
            String ready = successor.line(LONG);
            running.expectDescriptors();
            pass(ready, running);
            for (int i = offer.split(" ", -1).length - 2; i > 0; i--) {
                FileDescriptor descriptor = running.descriptor(LONG);
                successor.send(descriptor);
                descriptor.close();
            }
            running.expectLines();
            pass(successor.line(LONG), running);
            Wire from = running;
            Thread.ofVirtual().start(() -> passAll(from, successor));
            passAll(successor, running);
        } catch (Exception e) {
            successor.close();
            if (running != null) {
                running.close();
            }
        }
    }

    @SuppressWarnings("IllegalCatch")
    private void passAll(Wire from, Wire to) {
        try {
            while (true) {
                String passed = tapped(from.line(LONG.multipliedBy(10)));
                try {
                    to.send(passed);
                } catch (HandoverException e) {
                    // it has closed, and what it said before is on its way
                }
            }
        } catch (Exception e) {
            to.close();
            from.close();
        }
    }

    private String pass(String line, Wire to) throws Exception {
        String passed = tapped(line);
        to.send(passed);
        return passed;
    }

    private String tapped(String line) throws Exception {
        said.add(line);
        String passed = tap.passes(line);
        if (passed == null) {
            throw new IOException("ended by the test");
        }
        return passed;
    }

    private static Object key(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    /** Leaves the place to the elder, if nobody else has taken it. */
    @Override
    public void close() {
        try {
            if (Files.exists(socket) && key(socket).equals(ownKey)) {
                Files.move(elder, socket, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5000);
        }
    }
}
