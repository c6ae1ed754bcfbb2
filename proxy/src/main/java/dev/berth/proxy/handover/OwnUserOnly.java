package dev.berth.proxy.handover;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets processes of one user in, as the kernel says who they are (SO_PEERCRED, unix(7)). Of others
 * no byte is read. Root is another one, too: what it writes into the home an edge of the user could
 * not read.
 */
@ChannelHandler.Sharable
final class OwnUserOnly extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger(OwnUserOnly.class);

    private final int user;
    private final Consumer<EpollDomainSocketChannel> admitted;

    /**
     * For the connections of one server.
     *
     * @param user id of the only one that is let in
     * @param admitted adds the handlers of a connection; on its event loop
     */
    OwnUserOnly(int user, Consumer<EpollDomainSocketChannel> admitted) {
        this.user = user;
        this.admitted = admitted;
    }

    /** The user of this process: the effective one, as the kernel will show it to others. */
    static int ours() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")) {
                return Integer.parseInt(line.split("\\s+", -1)[2]);
            }
        }
        throw new IOException("/proc/self/status does not say whose process this is");
    }

    @Override
    protected void initChannel(Channel channel) throws IOException {
        EpollDomainSocketChannel connection = (EpollDomainSocketChannel) channel;
        int peer = connection.peerCredentials().uid();
        if (peer == user) {
            admitted.accept(connection);
            return;
        }
        LOG.error("a process of the user with id {} asked for the listening sockets", peer);
        connection.config().setAutoRead(false);
        String why =
                "%sthis edge belongs to the user with id %d, not %d: upgrade it as that user%n"
                        .formatted(Words.REFUSED, user, peer);
        connection
                .writeAndFlush(
                        connection
                                .alloc()
                                .buffer()
                                .writeBytes(why.getBytes(StandardCharsets.UTF_8)))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
