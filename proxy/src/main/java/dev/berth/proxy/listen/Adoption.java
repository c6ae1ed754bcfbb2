package dev.berth.proxy.listen;

import dev.berth.proxy.os.Descriptors;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Makes a channel of a listening socket that somebody else has opened. */
final class Adoption {
    private static final int SOL_SOCKET = 1;

    /** Whether a socket listens: socket(7). */
    private static final ChannelOption<Integer> SO_ACCEPTCONN =
            new IntegerUnixChannelOption("SO_ACCEPTCONN", SOL_SOCKET, 30);

    private Adoption() {}

    static Channel byEpoll(FileDescriptor descriptor, EventLoopGroup group, Acceptor begin)
            throws IOException {
        EpollServerSocketChannel socket = listening(descriptor);
        socket.config().setAutoRead(false);
        socket.pipeline().addLast(begin);
        require(group.register(socket));
        return socket;
    }

    /**
     * Netty makes no such channel of a descriptor. So it opens a socket of its own, on a loopback
     * port that nobody knows, and the given one takes its place below the same number (dup3(2))
     * before anything was accepted.
     */
    static Channel byIoUring(FileDescriptor descriptor, EventLoopGroup group, Acceptor begin)
            throws IOException {
        var _ = listening(descriptor);
        IoUringServerSocketChannel socket = new IoUringServerSocketChannel();
        socket.config().setAutoRead(false);
        socket.pipeline().addLast(begin);
        require(group.register(socket));
        try {
            require(socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
            if (!Descriptors.replace(socket.fd().intValue(), descriptor.intValue())) {
                throw new IOException(
                        "socket %d cannot take the place of another"
                                .formatted(descriptor.intValue()));
            }
        } catch (IOException e) {
            var _ = socket.close();
            throw e;
        }
        descriptor.close();
        return socket;
    }

    /** Not registered anywhere; only looks whether it is one. */
    static EpollServerSocketChannel listening(FileDescriptor descriptor) throws IOException {
        try {
            EpollServerSocketChannel socket = new EpollServerSocketChannel(descriptor.intValue());
            if (Integer.valueOf(1).equals(socket.config().getOption(SO_ACCEPTCONN))) {
                return socket;
            }
        } catch (RuntimeException e) {
            throw new IOException("what was given is not a listening socket", e);
        }
        throw new IOException("what was given is a socket that does not listen");
    }

    private static void require(ChannelFuture future) throws IOException {
        if (!future.awaitUninterruptibly().isSuccess()) {
            throw new IOException("what was given is not a listening socket", future.cause());
        }
    }
}
