package dev.berth.proxy.handover;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a successor asks a running edge for its sockets: a Unix socket that only processes of the
 * same user may use. One at a time; {@link Words} has what is said.
 */
public final class HandoverServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandoverServer.class);

    /** For a successor that gives up to let go of what it has. */
    private static final Duration LET_GO = Duration.ofSeconds(5);

    private static final Duration LAST_LOOK = Duration.ofMillis(300);

    private final Path path;
    private final Elder elder;
    private final Patience patience;
    private final Channel socket;
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
                        .childHandler(new OwnUserOnly(OwnUserOnly.ours(), this::admitted))
                        .bind(new DomainSocketAddress(own.toFile()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        this.socket = bound.channel();
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
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

    private void admitted(EpollDomainSocketChannel channel) {
        Wire wire = Wire.accepted(channel);
        Thread.ofVirtual().name("handover").start(() -> talk(wire));
    }

    private void talk(Wire wire) {
        if (!busy.compareAndSet(false, true)) {
            refuse(wire, "another upgrade is under way");
            return;
        }
        String why = talkAlone(wire);
        // Only now may the next one come, or this one again, which hears that it failed.
        busy.set(false);
        if (why != null) {
            refuse(wire, why);
        }
    }

    /** Why it came to nothing; {@code null} when the successor serves. */
    private @Nullable String talkAlone(Wire wire) {
        try {
            boolean old = greet(wire);
            LOG.info("another edge (process {}) is about to take over", wire.pid());
            if (!elder.awaitAlone(patience.alone())) {
                throw new HandoverException(
                        "the edge before the running one has not ended yet: try again in a minute");
            }
            offer(wire, old);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the running edge stops";
        } catch (HandoverException e) {
            LOG.warn("an upgrade came to nothing: {}; serving on", e.getMessage());
            return String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("an upgrade came to nothing because of a bug in the edge; serving on", e);
            return "of a bug in the running edge: " + e;
        }
    }

    /** Whether it is an older build. */
    private boolean greet(Wire wire) throws HandoverException {
        String hello = wire.line(patience.answer());
        if (hello.equals(Words.HELLO)) {
            wire.send(Words.HELLO);
            return false;
        }
        if (hello.equals(Words.OLD_HELLO)) {
            return true;
        }
        throw new HandoverException(
                ("the running edge understands \"%s\", not \"%s\": stop Berth and start it with the"
                                + " new build")
                        .formatted(Words.HELLO, hello));
    }

    private void offer(Wire wire, boolean old) throws HandoverException, InterruptedException {
        if (!elder.freeze(patience.answer())) {
            throw new HandoverException("the running edge is busy with a snapshot: try again");
        }
        try {
            Map<String, FileDescriptor> sockets = elder.sockets();
            wire.send(Words.OFFER + elder.version() + " " + String.join(" ", sockets.keySet()));
            expect(wire, Words.READY);
            for (FileDescriptor socket : sockets.values()) {
                wire.send(socket);
            }
            expect(wire, Words.SERVING);
            wire.send(Words.LEAVING);
            makeWay(wire, old);
        } finally {
            elder.thaw();
        }
    }

    /** From here on it is decided by us who has what only one edge can have. */
    private void makeWay(Wire wire, boolean old) throws HandoverException {
        Successor successor = new Successor(wire);
        try {
            elder.makeWay(successor);
            if (!old) {
                expect(wire, Words.SETTLED);
                sayLeft(wire);
            }
        } catch (HandoverException | RuntimeException e) {
            // It lets go first, and closes then; if it is stuck, it will when it finds that word.
            wire.sendLast(refusal(String.valueOf(e.getMessage())), LET_GO);
            elder.takeBack();
            throw e;
        }
        elder.leave(successor);
    }

    /** Also one that is stuck will find it: only for one that has died we do not leave. */
    private static void sayLeft(Wire wire) throws HandoverException {
        try {
            wire.send(Words.LEFT);
        } catch (HandoverException e) {
            if (!wire.isOpen()) {
                throw e;
            }
        }
    }

    private void expect(Wire wire, String word) throws HandoverException {
        String said = wire.pollLine(patience.answer());
        if (said == null) {
            // Were we stopped ourselves, it is about to be read.
            said = wire.pollLine(LAST_LOOK);
        }
        if (said == null) {
            throw new HandoverException(
                    "the other edge said nothing for %d s where it had to say \"%s\""
                            .formatted(patience.answer().toSeconds(), word));
        }
        if (!said.equals(word)) {
            throw new HandoverException("\"%s\" instead of \"%s\"".formatted(said, word));
        }
    }

    private static void refuse(Wire wire, String why) {
        wire.sendLast(refusal(why));
    }

    private static String refusal(String why) {
        return Words.REFUSED + why.lines().findFirst().orElse("it does not know why");
    }
}
