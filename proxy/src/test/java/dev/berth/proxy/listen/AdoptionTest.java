package dev.berth.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which sockets are taken for listening ones. */
class AdoptionTest {
    private final Socket socket;

    AdoptionTest() {
        Epoll.ensureAvailability(); // loads what opens sockets
        socket = Socket.newSocketStream();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
    }

    @Test
    void listening_boundOnly_isRefused() throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

        assertThatThrownBy(() -> Adoption.listening(socket))
                .isInstanceOf(IOException.class)
                .hasMessage("what was given is a socket that does not listen");
    }

    @Test
    void listening_listens_isTaken() throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.listen(1);

        EpollServerSocketChannel taken = Adoption.listening(socket);

        assertThat(taken.localAddress().getPort()).isPositive();
    }
}
