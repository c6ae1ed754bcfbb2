package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.handover.HandoverServer.Patience;
import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.listen.Transport;
import dev.berth.proxy.listen.Transport.Wanted;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge on io_uring serves, and takes over from one on epoll, and the other way round. */
class IoUringTest {
    @TempDir private Path home;
    private final FakeControl control;
    private final TestBackend backend;

    IoUringTest() {
        control = FakeControl.start();
        backend = TestBackend.echo();
    }

    @AfterEach
    void stop() {
        backend.close();
        control.close();
    }

    /** Where the kernel or a container forbids it, the edge serves without it. */
    @Test
    void of_ioUring_isThatIfThereIsOne() {
        assertThat(Transport.of(Wanted.IoUring))
                .isEqualTo(IoUring.isAvailable() ? Transport.OnIoUring : Transport.OnEpoll);
        assertThat(Transport.of(Wanted.Epoll)).isEqualTo(Transport.OnEpoll);
        assertThat(Transport.of(Wanted.Auto)).isEqualTo(Transport.OnEpoll);
    }

    @Test
    void upgrade_betweenTransports_servesOnTheSamePorts() throws Exception {
        try (TestEdge first = start(Wanted.Epoll);
                TestEdge second = upgrade(Wanted.IoUring, first);
                TestEdge third = upgrade(Wanted.IoUring, second);
                TestEdge fourth = upgrade(Wanted.Epoll, third)) {
            assertThat(List.of(second.port(), third.port(), fourth.port()))
                    .containsOnly(first.port());
            assertServes(fourth);
        }
    }

    private void assertServes(TestEdge edge) throws Exception {
        String body = "x".repeat(300_000);
        try (RawClient client = RawClient.connect(edge.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(
                        "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(body.length(), body));
                assertThat(client.response().status()).isEqualTo(200);
            }
        }
        try (SSLSocket tls = new TlsClient("TLSv1.3").connect(edge.httpsPort(), "a.test")) {
            assertThat(tls.getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    private TestEdge start(Wanted io) throws IOException {
        Patience patience = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(10));
        TestEdge edge =
                TestEdge.start(
                        home,
                        control.url(),
                        new Edge.Start(ListeningSockets.none(), false, patience),
                        io);
        control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));
        await().until(() -> RawClient.get(edge.port(), "a.test", "/").status() == 200);
        return edge;
    }

    private TestEdge upgrade(Wanted io, TestEdge elder) throws Exception {
        assertServes(elder);
        await().until(() -> Files.exists(home.resolve("edge").resolve("handover.sock")));
        TestEdge edge = TestEdge.start(home, control.url(), Edge.Start.upgrading(), io);
        elder.edge().awaitReplaced();
        elder.close();
        assertServes(edge);
        return edge;
    }
}
