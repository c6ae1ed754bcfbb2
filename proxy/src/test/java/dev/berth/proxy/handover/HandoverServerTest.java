package dev.berth.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, and what an elder with a bug does to the next successor: nothing. */
class HandoverServerTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @TempDir private Path directory;

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5000);
    }

    @Test
    void talk_elderThrows_isRefusedAndTheNextOneCanTry() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Path socket = directory.resolve("h.sock");
        try (HandoverServer _ =
                HandoverServer.listen(
                        socket,
                        "id",
                        group,
                        new FakeElder(false, asked, new CountDownLatch(1)),
                        new HandoverServer.Patience(LONG, LONG))) {
            for (int i = 1; i <= 3; i++) {
                assertThat(talk(socket, "berth-edge-handover 2\n"))
                        .isEqualTo(
                                "berth-edge-handover 2\nrefused of a bug in the running edge:"
                                        + " java.lang.IllegalStateException: it is not well\n");
                assertThat(asked).hasValue(i);
            }
        }
    }

    @Test
    void talk_successorNeverSettles_hasUntilItClosesToLetGo() throws Exception {
        CountDownLatch takenBack = new CountDownLatch(1);
        Path socket = directory.resolve("h.sock");
        try (HandoverServer _ =
                HandoverServer.listen(
                        socket,
                        "id",
                        group,
                        new FakeElder(true, new AtomicInteger(), takenBack),
                        new HandoverServer.Patience(LONG, Duration.ofMillis(500)))) {
            try (SocketChannel peer = connect(socket);
                    BufferedReader heard =
                            new BufferedReader(Channels.newReader(peer, StandardCharsets.UTF_8))) {
                say(peer, "berth-edge-handover 2\nready\nserving\n");
                assertThat(heard.readLine()).isEqualTo("berth-edge-handover 2");
                assertThat(heard.readLine()).startsWith("offer 1");
                assertThat(heard.readLine()).isEqualTo("leaving");
                assertThat(heard.readLine()).startsWith("refused the other edge said nothing");
                assertThat(takenBack.await(1, TimeUnit.SECONDS)).isFalse();
            }
            assertThat(takenBack.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void connection_ofAnotherUser_isRefusedUnread() throws Exception {
        Queue<EpollDomainSocketChannel> admitted = new ConcurrentLinkedQueue<>();
        int other = OwnUserOnly.ours() + 1;
        Path socket = listen(new OwnUserOnly(other, admitted::add));

        // Not waiting for a word, which it could not send either: the other end may be closed.
        assertThat(talk(socket, ""))
                .isEqualTo(
                        "refused this edge belongs to the user with id %d, not %d: upgrade it as that user\n"
                                .formatted(other, other - 1));
        assertThat(admitted).isEmpty();
    }

    @Test
    void connection_ofOurUser_isLetIn() throws Exception {
        Queue<EpollDomainSocketChannel> admitted = new ConcurrentLinkedQueue<>();
        Path socket = listen(new OwnUserOnly(OwnUserOnly.ours(), admitted::add));
        try (SocketChannel peer = connect(socket)) {
            await().until(() -> !admitted.isEmpty());
            assertThat(peer.isConnected()).isTrue();
        }
    }

    private Path listen(OwnUserOnly begin) {
        Path socket = directory.resolve("own.sock");
        new ServerBootstrap()
                .group(group)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(begin)
                .bind(new DomainSocketAddress(socket.toFile()))
                .syncUninterruptibly();
        return socket;
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static void say(SocketChannel peer, String text) throws IOException {
        Channels.newOutputStream(peer).write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Says that, and returns all that is said until the other end closes. */
    private static String talk(Path socket, String text) throws IOException {
        try (SocketChannel peer = connect(socket)) {
            say(peer, text);
            StringBuilder heard = new StringBuilder();
            try {
                for (int c = Channels.newInputStream(peer).read();
                        c >= 0;
                        c = Channels.newInputStream(peer).read()) {
                    heard.append((char) c);
                }
            } catch (IOException e) {
                // it has closed with our words unread, as it should
            }
            return heard.toString();
        }
    }

    private record FakeElder(boolean well, AtomicInteger asked, CountDownLatch takenBack)
            implements Elder {
        @Override
        public boolean awaitAlone(Duration atMost) {
            return true;
        }

        @Override
        public boolean freeze(Duration atMost) {
            asked.incrementAndGet();
            if (!well) {
                throw new IllegalStateException("it is not well");
            }
            return true;
        }

        @Override
        public long version() {
            return 1;
        }

        @Override
        public void thaw() {}

        @Override
        public Map<String, FileDescriptor> sockets() {
            return Map.of();
        }

        @Override
        public void makeWay(Successor successor) {}

        @Override
        public void takeBack() {
            takenBack.countDown();
        }

        @Override
        public void leave(Successor successor) {}
    }
}
