package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UpgradeTest {
    private static final String UPGRADE =
            """
            GET /ws HTTP/1.1
            Host: a.test
            Connection: keep-alive, Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """
                    .replace("\n", "\r\n");
    private static final String SWITCH =
            """
            HTTP/1.1 101 Switching Protocols
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

            """
                    .replace("\n", "\r\n");

    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void webSocket_bothWays_passBytesAsTheyAre() throws Exception {
        try (TestBackend backend = serving(echoingBytes());
                RawClient client = RawClient.connect(edge.port())) {
            RawClient.Response response = client.send(UPGRADE).response();
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.field("connection")).isEqualTo("upgrade");
            assertThat(response.field("upgrade")).isEqualTo("websocket");
            assertThat(response.field("sec-websocket-accept")).isNotNull();
            assertThat(backend.heads().getFirst())
                    .containsIgnoringCase("connection: upgrade\r\n")
                    .containsIgnoringCase("upgrade: websocket")
                    .doesNotContainIgnoringCase("keep-alive");

            String frame = "\u0081\u0085\u0000GET / HTTP/1.1\r\n\r\n\u00ff";
            for (int i = 0; i < 3; i++) {
                client.send(frame);
                assertThat(client.conversation().read(frame.length())).isEqualTo(frame);
            }
            assertThat(edge.edge().inFlight())
                    .singleElement()
                    .satisfies(count -> assertThat(count.requests()).isEqualTo(1));
        }
        await().until(() -> edge.edge().inFlight().isEmpty());
        await().until(() -> logged("upgrade-start") >= 1 && logged("upgrade-end") >= 1);
    }

    @Test
    void webSocket_strippedRoute_isAskedForWithoutThePrefix() throws Exception {
        try (TestBackend backend = echoingBytes();
                RawClient client = RawClient.connect(edge.port())) {
            edge.serve(
                    Routes.proxyAt("a.test", "/live", backend.address())
                            .with(new PolicyOf().stripPrefix().build()));
            String upgrade = UPGRADE.replace("/ws", "/live/ws?room=1");

            assertThat(client.send(upgrade).response().status()).isEqualTo(101);
            assertThat(backend.heads().getFirst())
                    .startsWith("GET /ws?room=1 HTTP/1.1\r\n")
                    .contains("X-Forwarded-Prefix: /live\r\n")
                    .containsIgnoringCase("upgrade: websocket");
            client.send("bytes");
            assertThat(client.conversation().read(5)).isEqualTo("bytes");
        }
    }

    @Test
    void webSocket_bytesBeforeThe101_areHeldAndNeverParsed() throws Exception {
        CountDownLatch early = new CountDownLatch(1);
        TestBackend slow =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            early.await();
                            conversation.send(SWITCH + "greeting");
                            conversation.send(conversation.read(EARLY.length()));
                            conversation.readAll();
                        });
        try (TestBackend backend = serving(slow);
                RawClient client = RawClient.connect(edge.port())) {
            client.send(UPGRADE + EARLY);
            await().until(() -> !backend.heads().isEmpty());
            early.countDown();

            assertThat(client.response().status()).isEqualTo(101);
            assertThat(client.conversation().read(8 + EARLY.length()))
                    .isEqualTo("greeting" + EARLY);
            assertThat(backend.heads()).hasSize(1);
        }
    }

    private static final String EARLY = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

    @Test
    void webSocket_backendRefuses_staysHttp() {
        try (TestBackend backend = serving(TestBackend.saying("no"));
                RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send(UPGRADE).response().body()).isEqualTo("no");
            assertThat(client.send(EARLY).response().body()).isEqualTo("no");
            assertThat(backend.heads()).hasSize(2);
        }
    }

    @Test
    void webSocket_backendCloses_clientIsClosedAfterTheLastByte() {
        TestBackend leaving =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(SWITCH + "x".repeat(100_000));
                        });
        try (TestBackend _ = serving(leaving);
                RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            assertThat(client.rest()).hasSize(100_000);
        }
    }

    @Test
    void webSocket_backendEndsWhileTheClientSends_clientGetsAllOfIt() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        TestBackend leaving =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(SWITCH + "x".repeat(100_000));
                            conversation.socket().shutdownOutput();
                            done.await();
                        });
        long before = logged("upgrade-end");
        try (TestBackend _ = serving(leaving);
                RawClient client = RawClient.connect(edge.port())) {
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            await().until(() -> logged("upgrade-end") > before);
            for (int i = 0; i < 20; i++) {
                client.send("late");
            }
            assertThat(client.rest()).hasSize(100_000);
        } finally {
            done.countDown();
        }
    }

    @Test
    void webSocket_clientCloses_backendIsClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TestBackend waiting =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            conversation.send(SWITCH);
                            conversation.readAll();
                            closed.countDown();
                        });
        try (TestBackend _ = serving(waiting)) {
            try (RawClient client = RawClient.connect(edge.port())) {
                assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);
            }
            closed.await();
        }
    }

    @Test
    void webSocket_silent_isClosedAtTheLimit() {
        try (TestEdge quick = TestEdge.start(TestTimeouts.quick());
                TestBackend backend = echoingBytes();
                RawClient client = RawClient.connect(quick.port())) {
            quick.serve(Routes.proxy("a.test", backend.address()));
            assertThat(client.send(UPGRADE).response().status()).isEqualTo(101);

            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void otherUpgrade_isAnOrdinaryRequest() {
        try (TestBackend _ = serving(TestBackend.echo())) {
            String head =
                    RawClient.get(
                                    edge.port(),
                                    "a.test",
                                    "/",
                                    "Connection: Upgrade, HTTP2-Settings",
                                    "Upgrade: h2c",
                                    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
                            .body();

            assertThat(Conversation.field(head, "upgrade")).isNull();
            assertThat(Conversation.field(head, "connection")).isNull();
        }
    }

    private static long logged(String event) {
        return edge.accessLog().stream().filter(line -> line.contains(event)).count();
    }

    private static TestBackend echoingBytes() {
        return TestBackend.start(
                (conversation, backend) -> {
                    backend.next(conversation);
                    conversation.send(SWITCH);
                    byte[] buffer = new byte[1024];
                    for (int read = conversation.in().read(buffer);
                            read >= 0;
                            read = conversation.in().read(buffer)) {
                        conversation.socket().getOutputStream().write(buffer, 0, read);
                    }
                });
    }

    private static TestBackend serving(TestBackend backend) {
        edge.serve(Routes.proxy("a.test", backend.address()));
        return backend;
    }
}
