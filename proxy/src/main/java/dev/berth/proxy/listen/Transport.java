package dev.berth.proxy.listen;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How sockets are waited for, and read and written. No class of one that is not used is loaded. */
public enum Transport {
    /** epoll(7), then a system call for each read and write. */
    OnEpoll("epoll"),

    /** io_uring(7): the reads and writes of a turn in one system call. */
    OnIoUring("io_uring"),

    /** The selector of the JDK; its listening sockets cannot be handed over. */
    OnNio("nio");

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    private final String text;

    Transport(String text) {
        this.text = text;
    }

    /** Which one is wanted. */
    public enum Wanted {
        /** The one that does all that an edge can do. */
        Auto("auto"),
        Epoll("epoll"),
        IoUring("io_uring");

        private final String text;

        Wanted(String text) {
            this.text = text;
        }

        /** How it is written in a setting. */
        public String text() {
            return text;
        }
    }

    /** The wanted one, or the best of this machine where that is not to be had. */
    public static Transport of(Wanted wanted) {
        return switch (wanted) {
            case Auto, Epoll -> best();
            case IoUring -> {
                if (IoUring.isAvailable()) {
                    yield OnIoUring;
                }
                LOG.warn(
                        "io_uring is not to be had here ({}): serving without it",
                        String.valueOf(IoUring.unavailabilityCause()));
                yield best();
            }
        };
    }

    private static Transport best() {
        return Epoll.isAvailable() ? OnEpoll : OnNio;
    }

    /** Makes what drives an event loop. */
    public IoHandlerFactory handlers() {
        return switch (this) {
            case OnEpoll -> EpollIoHandler.newFactory();
            case OnIoUring -> IoUringIoHandler.newFactory();
            case OnNio -> NioIoHandler.newFactory();
        };
    }

    /** The sockets that listen. */
    Class<? extends ServerChannel> listening() {
        return switch (this) {
            case OnEpoll -> EpollServerSocketChannel.class;
            case OnIoUring -> IoUringServerSocketChannel.class;
            case OnNio -> NioServerSocketChannel.class;
        };
    }

    /** The sockets that connect. */
    public Class<? extends Channel> connecting() {
        return switch (this) {
            case OnEpoll -> EpollSocketChannel.class;
            case OnIoUring -> IoUringSocketChannel.class;
            case OnNio -> NioSocketChannel.class;
        };
    }

    /** The UDP sockets. */
    public Class<? extends DatagramChannel> datagrams() {
        return switch (this) {
            case OnEpoll -> EpollDatagramChannel.class;
            case OnIoUring -> IoUringDatagramChannel.class;
            case OnNio -> NioDatagramChannel.class;
        };
    }

    /**
     * Loops for the Unix sockets between two edges, which are epoll's: those that are there if they
     * are epoll's, too, else one more.
     *
     * @param serving the loops of this transport
     */
    public EventLoopGroup wires(EventLoopGroup serving) {
        return switch (this) {
            case OnEpoll, OnNio -> serving;
            case OnIoUring ->
                    new MultiThreadIoEventLoopGroup(
                            1,
                            new DefaultThreadFactory("handover", true),
                            EpollIoHandler.newFactory());
        };
    }

    /**
     * A channel for a socket that is listening already, which is the channel's from now on. It
     * accepts nothing before it is told to read.
     *
     * @param begin what each connection begins with
     * @throws IOException if it is no such socket
     */
    Channel adopt(FileDescriptor descriptor, EventLoopGroup group, Acceptor begin)
            throws IOException {
        return switch (this) {
            case OnEpoll -> Adoption.byEpoll(descriptor, group, begin);
            case OnIoUring -> Adoption.byIoUring(descriptor, group, begin);
            case OnNio -> throw new IOException("the JDK cannot use a socket that was given");
        };
    }

    /**
     * Acknowledges what has come, now (TCP_QUICKACK, tcp(7)). Where nothing is to be said until the
     * other end says more, the kernel waits 40 ms, and so does a client that sends no second small
     * packet before the first one is acknowledged (RFC 9293 section 3.7.4): its request, behind the
     * Finished of its handshake.
     */
    static void acknowledge(Channel connection) {
        if (connection instanceof EpollSocketChannel socket) {
            socket.config().setTcpQuickAck(true);
        } else {
            var _ = connection.config().setOption(IoUringChannelOption.TCP_QUICKACK, true);
        }
    }

    /** For the log. */
    @Override
    public String toString() {
        return text;
    }
}
