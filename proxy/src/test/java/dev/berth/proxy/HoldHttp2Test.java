package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.Decoded;
import dev.berth.proxy.testing.H2Backend;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Answer;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of HTTP/2 requests that wait: their frames come all at once when reading goes on. */
class HoldHttp2Test {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** 300,000 bytes in which every place can be told from any other. */
    private static final String BODY =
            IntStream.range(0, 30_000).mapToObj("%09d|"::formatted).collect(Collectors.joining());

    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @AfterEach
    void nothingIsKept() {
        await().until(() -> edge.edge().metrics().contains("berth_edge_body_bytes 0\n"));
        assertThat(edge.edge().inFlight()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"300000", ""})
    void paused_appComesBack_getsTheWholeBody(String length) throws Exception {
        edge.serve(paused());
        try (TestBackend backend = echoingBodies()) {
            Future<Answer> answer = background(() -> upload(length));
            awaitFull();

            edge.serve(Routes.proxy("a.test", backend.address()));

            assertThat(answer.get().status()).isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo(BODY);
            assertThat(backend.heads()).hasSize(1);
        }
    }

    @Test
    void paused_pooledConnectionIsThere_bodyKeepsItsOrder() throws Exception {
        try (TestBackend backend = echoingBodies()) {
            edge.serve(paused(), Routes.proxy("b.test", backend.address()));
            for (int i = 0; i < 4; i++) {
                assertThat(RawClient.get(edge.port(), "b.test", "/").status()).isEqualTo(200);
            }
            Future<Answer> answer = background(() -> upload("300000"));
            awaitFull();

            edge.serve(Routes.proxy("a.test", backend.address()));

            assertThat(answer.get().body()).isEqualTo(BODY);
        }
    }

    @Test
    void paused_h2cSessionIsThere_bodyKeepsItsOrder() throws Exception {
        try (H2Backend backend = H2Backend.echo()) {
            Route other = Routes.proxy("b.test", backend.address());
            edge.serve(paused(), other);
            for (int i = 0; i < 4; i++) {
                assertThat(RawClient.get(edge.port(), "b.test", "/").status()).isEqualTo(200);
            }
            Future<Answer> answer = background(() -> upload("300000"));
            awaitFull();

            edge.serve(Routes.proxy("a.test", backend.address()), other);

            assertThat(answer.get().status()).isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo(BODY);
        }
    }

    @Test
    void paused_becomesARedirect_isAnsweredAtOnce() throws Exception {
        edge.serve(paused());
        Future<Answer> answer = background(() -> upload("300000"));
        awaitFull();

        edge.serve(Routes.route("a.test", "/", new Route.Redirect("b.test")));

        assertThat(answer.get().status()).isEqualTo(308);
    }

    @ParameterizedTest
    @ValueSource(strings = {"300000", ""})
    void bcryptWall_rightPassword_getsTheWholeBody(String length) {
        String hash = BCrypt.withDefaults().hashToString(8, "geheim".toCharArray());
        String credentials =
                Base64.getEncoder()
                        .encodeToString("ada:geheim".getBytes(StandardCharsets.ISO_8859_1));
        try (TestBackend backend = echoingBodies()) {
            edge.serve(
                    Routes.proxy("a.test", backend.address())
                            .with(new PolicyOf().user("ada", hash).build()));

            Answer answer = upload(length, "authorization", "Basic " + credentials);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(BODY);
        }
    }

    @Test
    void swap_postOfTwoFrames_arrivesWhole() throws Exception {
        swap(
                client ->
                        client.request(1, 0, "POST", "/", "content-length", "8")
                                .data(1, 0, "half")
                                .data(1, END_STREAM, "rest"));
    }

    @Test
    void swap_postWithAnEmptyEnd_arrivesWhole() throws Exception {
        swap(
                client ->
                        client.request(1, 0, "POST", "/")
                                .data(1, 0, "halfrest")
                                .data(1, END_STREAM, ""));
    }

    private static void swap(Consumer<H2Client> request) throws Exception {
        TestBackend old = echoingBodies();
        edge.serve(Routes.proxy("a.test", old.address()));
        assertThat(RawClient.get(edge.port(), "a.test", "/").status()).isEqualTo(200);
        old.close();
        try (TestBackend next = echoingBodies()) {
            Future<Answer> answer =
                    background(
                            () -> {
                                try (H2Client client = H2Client.connect(edge.port())) {
                                    request.accept(client);
                                    return client.answer(1);
                                }
                            });
            await().until(() -> edge.edge().metrics().contains("berth_edge_held_requests 1\n"));

            edge.serve(Routes.proxy("a.test", next.address()));

            assertThat(answer.get().status()).isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo("halfrest");
        }
    }

    /** The client has sent what it may, which is more than what is kept. */
    private static void awaitFull() {
        await().until(() -> edge.metric("berth_edge_body_bytes") >= 64 * 1024);
        await().pollDelay(Duration.ofMillis(200)).until(() -> true);
    }

    private static Answer upload(String length, String... fields) {
        String[] all = new String[fields.length + (length.isEmpty() ? 0 : 2)];
        System.arraycopy(fields, 0, all, 0, fields.length);
        if (!length.isEmpty()) {
            all[fields.length] = "content-length";
            all[fields.length + 1] = length;
        }
        try (H2Client client = H2Client.connect(edge.port())) {
            // Room for the whole answer, whose windows this client does not open again.
            client.setting(4, 1 << 20).window(0, 1 << 20);
            return client.request(1, 0, "POST", "/", all).upload(1, BODY).answer(1);
        }
    }

    private static TestBackend echoingBodies() {
        return TestBackend.start(
                (conversation, self) -> {
                    for (String head = self.next(conversation);
                            head != null;
                            head = self.next(conversation)) {
                        conversation.send(TestBackend.ok(body(conversation, head)));
                    }
                });
    }

    private static String body(Conversation conversation, String head) throws IOException {
        String body = conversation.readBody(head);
        return Conversation.field(head, "transfer-encoding") == null
                ? body
                : Decoded.withoutChunks(body);
    }

    private static Route paused() {
        return Routes.route("a.test", "/", new Route.Paused("being replaced", LONG));
    }

    private static Future<Answer> background(Supplier<Answer> request) {
        return CompletableFuture.supplyAsync(
                request, task -> Thread.ofVirtual().name("client").start(task));
    }
}
