package dev.berth.proxy.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a successor asks a running edge for its sockets: a Unix socket that only processes of the
 * same user may use. One at a time; {@link Words} has what is said.
 */
public final class HandoverServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandoverServer.class);

    private final Path path;
    private final Elder elder;
    private final Patience patience;
    private final Channel socket;
    private final Object user;
    private final AtomicBoolean busy = new AtomicBoolean();

    private HandoverServer(
            Path path, Elder elder, Patience patience, EventLoopGroup group, String id)
            throws IOException {
        this.path = path;
        this.elder = elder;
        this.patience = patience;
        // Under a name of its own at first: the one that it replaces is still listened on.
        Files.createDirectories(path.toAbsolutePath().getParent());
        Path own = path.resolveSibling("h." + id);
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerDomainSocketChannel.class)
                        .childHandler(new Begin())
                        .bind(new DomainSocketAddress(own.toFile()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        this.socket = bound.channel();
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
        this.user = Files.getAttribute(own, "unix:uid");
        Files.move(own, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * How long an elder waits.
     *
     * @param alone for its own elder to end
     * @param answer for the next word of its successor
     */
    public record Patience(Duration alone, Duration answer) {
        /**
         * Requests of the elder's elder have 30 s; to make contexts and index files takes a few.
         */
        public static final Patience DEFAULT =
                new Patience(Duration.ofSeconds(40), Duration.ofSeconds(15));
    }

    /**
     * Listens, in the place of whoever listened there.
     *
     * @param id random, to tell two processes apart
     * @throws IOException if the path cannot be used, such as one of more than 107 bytes
     */
    public static HandoverServer listen(
            Path path, String id, EventLoopGroup group, Elder elder, Patience patience)
            throws IOException {
        return new HandoverServer(path, elder, patience, group, id);
    }

    /** Takes no more successors. */
    @Override
    public void close() {
        socket.close().awaitUninterruptibly();
    }

    /** The same, and nobody else listens there. */
    public void closeAndDelete() {
        close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.debug("{} is not deleted", path, e);
        }
    }

    private void accepted(EpollDomainSocketChannel channel, Wire wire) {
        Thread.ofVirtual().name("handover").start(() -> talk(channel, wire));
    }

    private void talk(EpollDomainSocketChannel channel, Wire wire) {
        try {
            if (!user.equals(channel.peerCredentials().uid())) {
                LOG.error("a process of another user asked for the listening sockets");
                wire.close();
            } else if (!busy.compareAndSet(false, true)) {
                refuse(wire, "another upgrade is under way");
            } else {
                talkAlone(wire);
            }
        } catch (IOException e) {
            LOG.warn("an upgrade came to nothing: {}; serving on", e.getMessage());
            wire.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void talkAlone(Wire wire) throws InterruptedException {
        try {
            String hello = wire.line(patience.answer());
            if (!hello.equals(Words.HELLO)) {
                throw new HandoverException(
                        "the running edge understands \"%s\", not \"%s\""
                                .formatted(Words.HELLO, hello));
            }
            LOG.info("another edge is about to take over");
            if (!elder.awaitAlone(patience.alone())) {
                throw new HandoverException("the edge before the running one has not ended yet");
            }
            offer(wire);
        } catch (IOException e) {
            LOG.warn("an upgrade came to nothing: {}; serving on", e.getMessage());
            refuse(wire, String.valueOf(e.getMessage()));
        } finally {
            busy.set(false);
        }
    }

    private void offer(Wire wire) throws IOException {
        long version = elder.freeze();
        try {
            Map<String, FileDescriptor> sockets = elder.sockets();
            wire.send(Words.OFFER + version + " " + String.join(" ", sockets.keySet()));
            expect(wire, Words.READY);
            for (FileDescriptor socket : sockets.values()) {
                wire.send(socket);
            }
            expect(wire, Words.SERVING);
            wire.send(Words.LEAVING);
            elder.leave(new Successor(wire));
        } finally {
            elder.thaw();
        }
    }

    private void expect(Wire wire, String word) throws IOException {
        String said = wire.line(patience.answer());
        if (!said.equals(word)) {
            throw new HandoverException("\"%s\" instead of \"%s\"".formatted(said, word));
        }
    }

    private static void refuse(Wire wire, String why) {
        try {
            wire.send(Words.REFUSED + why);
        } catch (IOException e) {
            LOG.debug("nobody is there to be refused", e);
        }
        wire.close();
    }

    /** Begins each connection. */
    private final class Begin extends ChannelInitializer<Channel> {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel channel) {
            EpollDomainSocketChannel connection = (EpollDomainSocketChannel) channel;
            Wire.Begin begin = new Wire.Begin();
            channel.pipeline().addLast(begin);
            accepted(connection, begin.on(connection));
        }
    }
}
