package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.ACK;
import static dev.berth.proxy.testing.H2Client.DATA;
import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static dev.berth.proxy.testing.H2Client.GOAWAY;
import static dev.berth.proxy.testing.H2Client.SETTINGS;
import static dev.berth.proxy.testing.H2Client.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.H2Backend;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Frame;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one stream does not take or send must not cost the others on its connection. */
class Http2WindowsTest {
    private static final int STREAM_WINDOW = 256 * 1024;

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
    void h2cBackend_someClientsTakeNothing_othersAreServed() {
        H2Backend large =
                H2Backend.start(
                        (stream, fields, body, last) -> {
                            stream.head(false, ":status", "200");
                            boolean big = "/big".contentEquals(fields.path());
                            stream.data("x".repeat(big ? 6 << 20 : 1000), true);
                        });
        List<RawClient> slow = new ArrayList<>();
        try (H2Backend backend = large) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            // Some on each event loop, which has a connection of its own to the backend.
            for (int i = 0; i < 8; i++) {
                slow.add(
                        RawClient.connect(edge.port(), 4096)
                                .send("GET /big HTTP/1.1\r\nHost: a.test\r\n\r\n"));
            }
            await().until(() -> backend.heads().size() == 8);
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

            for (int i = 0; i < 4; i++) {
                assertThat(RawClient.get(edge.port(), "a.test", "/small").body())
                        .contains("x".repeat(1000));
            }
        } finally {
            slow.forEach(RawClient::close);
        }
    }

    @Test
    void client_someUploadsWait_anotherGoesThrough() {
        try (TestBackend backend = TestBackend.echo();
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(
                    Routes.route(
                            "a.test",
                            "/",
                            new Route.Paused("being replaced", Duration.ofSeconds(20))),
                    Routes.proxy("b.test", backend.address()));
            client.frame(SETTINGS, ACK, 0);
            client.request(1, 0, "POST", "/").request(3, 0, "POST", "/");
            for (int window = 65_535; window < 4 * STREAM_WINDOW; ) {
                Frame more = Objects.requireNonNull(client.next(WINDOW_UPDATE));
                assertThat(more.stream()).isZero();
                window += more.number(0);
            }
            // As much as the streams may carry.
            for (int sent = 0; sent < STREAM_WINDOW; sent += 16_384) {
                client.frame(DATA, 0, 1, new byte[16_384]).frame(DATA, 0, 3, new byte[16_384]);
            }
            client.headers(
                            5,
                            0,
                            ":method",
                            "POST",
                            ":scheme",
                            "http",
                            ":authority",
                            "b.test",
                            ":path",
                            "/",
                            "content-length",
                            "4")
                    .data(5, END_STREAM, "body");

            assertThat(client.answer(5).body()).endsWith("\r\n\r\nbody");
        }
    }

    @Test
    void client_takesTheBodyInSmallSteps_isNotTakenForAFlood() {
        int size = 4 << 20;
        try (TestBackend backend = TestBackend.saying("x".repeat(size));
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.get(1, "/");
            int taken = 0;
            int unannounced = 0;
            while (taken < size) {
                Frame frame = Objects.requireNonNull(client.next());
                assertThat(frame.type()).isNotEqualTo(GOAWAY);
                if (frame.type() == DATA) {
                    taken += frame.payload().length;
                    unannounced += frame.payload().length;
                }
                // As a client does that gives back what each read of 4 KiB took.
                for (; unannounced >= 4096; unannounced -= 4096) {
                    client.window(0, 4096).window(1, 4096);
                }
            }
            assertThat(taken).isEqualTo(size);
        }
    }
}
