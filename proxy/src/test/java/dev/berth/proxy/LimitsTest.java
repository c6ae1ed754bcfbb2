package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import dev.berth.schemas.edge.Backend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With every limit at 300 ms. */
class LimitsTest {
    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start(TestTimeouts.quick());
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void connection_silent_isClosedWithoutAWord() {
        try (RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void head_neverComplete_is408() {
        try (RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a").response().status()).isEqualTo(408);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void connection_idleAfterAnAnswer_isClosed() {
        try (RawClient client = RawClient.connect(edge.port())) {
            client.send("GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n");

            assertThat(client.response().status()).isEqualTo(404);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void body_stopsComing_is408() {
        try (TestBackend _ = serving(TestBackend.echo());
                RawClient client = RawClient.connect(edge.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\nhalf");

            assertThat(client.response().status()).isEqualTo(408);
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void body_slowButMoving_isNotLimited() throws InterruptedException {
        try (TestBackend _ = serving(TestBackend.echo());
                RawClient client = RawClient.connect(edge.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\n");
            for (int i = 0; i < 10; i++) {
                Thread.sleep(100);
                client.send("x");
            }

            assertThat(client.response().body()).endsWith("xxxxxxxxxx");
        }
    }

    @Test
    void backend_neverAnswers_is504() {
        TestBackend silent = TestBackend.start((conversation, backend) -> conversation.readAll());
        try (TestBackend _ = serving(silent)) {
            Response response = RawClient.exchange(edge.port(), request("GET"));

            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status"))
                    .isEqualTo("berth; error=http_response_timeout");
        }
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    @Test
    void backend_takesNoConnection_is504() throws IOException {
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort());
            fill(queue, address);
            edge.serve(Routes.proxy("a.test", new Backend("full", "127.0.0.1", address.getPort())));

            Response response = RawClient.exchange(edge.port(), request("GET"));

            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("proxy-status")).isEqualTo("berth; error=connection_timeout");
        } finally {
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    @Test
    void backend_stopsInTheMiddle_isCut() {
        TestBackend stalling =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                            conversation.readAll();
                        });
        try (TestBackend _ = serving(stalling);
                RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send(request("GET")).rest()).endsWith("half");
        }
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    @Test
    void client_takesNothing_isCutAndTheBackendIsFreed() {
        TestBackend endless =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                            while (true) {
                                conversation.send(new byte[64 * 1024]);
                            }
                        });
        try (TestBackend backend = serving(endless);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(request("GET"));
            await().until(() -> !backend.heads().isEmpty());
            assertThat(edge.edge().inFlight()).hasSize(1);

            await().until(() -> edge.edge().inFlight().isEmpty());
        }
    }

    @Test
    void backend_takesNoBody_is504() {
        TestBackend deaf =
                TestBackend.start(
                        (conversation, backend) -> {
                            conversation.readHead();
                            Thread.sleep(5000);
                        });
        try (TestBackend _ = serving(deaf);
                RawClient client = RawClient.connect(edge.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000000\r\n\r\n");
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    for (int i = 0; i < 1000; i++) {
                                        client.send("x".repeat(100_000));
                                    }
                                } catch (RuntimeException e) {
                                    // the edge has stopped reading
                                }
                            });

            assertThat(client.response().status()).isEqualTo(504);
        }
    }

    private static void fill(List<Socket> queue, InetSocketAddress address) throws IOException {
        for (int i = 0; i < 16; i++) {
            Socket socket = new Socket();
            queue.add(socket);
            try {
                socket.connect(address, 100);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    private static TestBackend serving(TestBackend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }

    private static String request(String method) {
        return method + " / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    }
}
