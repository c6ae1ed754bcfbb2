package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TestTimeouts;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What HTTP/3 clients have the edge keep counts against the same memory as everybody's. */
class Http3MemoryTest {
    private static final int ANSWERS = 20;
    private static final int STREAMS = 100;
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @Test
    void answers_neverTaken_countAsUnread(@TempDir Path site) throws IOException {
        Files.write(site.resolve("big"), new byte[400_000]);
        try (TestEdge edge = TestEdge.startHttp3()) {
            edge.serve(Routes.route("a.test", "/", new Route.Files(site.toString(), false)));
            H3Client greedy = H3Client.withWindow(edge.httpsPort(), 1024);
            try (greedy) {
                for (int i = 0; i < ANSWERS; i++) {
                    greedy.open().read(false).headers(true, H3Client.fields("GET", "/big"));
                }
                await().until(() -> unread(edge) > ANSWERS * 16_000L);
                assertThat(unread(edge)).isLessThan(ANSWERS * 80_000L);
            }
            await().until(() -> unread(edge) == 0);
        }
    }

    @Test
    void file_takenInSips_isReadAsItIsTaken(@TempDir Path site) throws IOException {
        String text = "0123456789abcdefghijklm".repeat((8 << 20) / 23);
        Files.writeString(site.resolve("big"), text);
        try (TestEdge edge = TestEdge.startHttp3()) {
            edge.serve(Routes.route("a.test", "/", new Route.Files(site.toString(), false)));
            try (H3Client client = H3Client.withWindow(edge.httpsPort(), 16 * 1024)) {
                H3Client.Stream stream = client.open().read(false);
                long before = directMemory();
                AtomicLong most = new AtomicLong();
                stream.headers(true, H3Client.fields("GET", "/big"));
                await().pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofSeconds(30))
                        .until(
                                () -> {
                                    stream.sip();
                                    most.accumulateAndGet(directMemory() - before, Math::max);
                                    return stream.received() == text.length();
                                });

                assertThat(stream.read(true).answer().ended()).isTrue();
                assertThat(stream.soFar().equals(text)).isTrue();
                // Allocators take more at once than the two pieces that may wait.
                assertThat(most.get()).isLessThan(3 << 20);
            }
        }
    }

    /**
     * After its backend has ended, slower than the limit for silence, but a little all the time.
     */
    @Test
    void answer_takenSlowly_comesWhole() {
        int size = 100_000;
        try (TestEdge edge = TestEdge.startHttp3(TestTimeouts.of(LIMIT), ConnectionLimits.DEFAULT);
                TestBackend backend = TestBackend.saying("y".repeat(size))) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            try (H3Client client = H3Client.withWindow(edge.httpsPort(), 8 * 1024)) {
                H3Client.Stream stream = client.open().read(false);
                stream.headers(true, H3Client.fields("GET", "/"));
                await().until(() -> !backend.heads().isEmpty());
                AtomicLong ended = new AtomicLong();
                await().pollInterval(Duration.ofMillis(250))
                        .atMost(Duration.ofSeconds(20))
                        .until(
                                () -> {
                                    stream.sip();
                                    if (ended.get() == 0 && edge.edge().inFlight().isEmpty()) {
                                        ended.set(System.nanoTime());
                                    }
                                    return stream.received() == size;
                                });

                assertThat(Duration.ofNanos(System.nanoTime() - ended.get()))
                        .isBetween(LIMIT, Duration.ofSeconds(20));
                assertThat(stream.read(true).answer().ended()).isTrue();
            }
        }
    }

    @Test
    void answer_endNeverTaken_isCutAtTheLimit() {
        try (TestEdge edge = TestEdge.startHttp3(TestTimeouts.of(LIMIT), ConnectionLimits.DEFAULT);
                TestBackend backend = TestBackend.saying("y".repeat(40_000))) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            try (H3Client client = H3Client.withWindow(edge.httpsPort(), 1024)) {
                H3Client.Stream stream = client.open().read(false);
                stream.headers(true, H3Client.fields("GET", "/"));
                await().until(() -> unread(edge) > 8_000);

                await().until(() -> unread(edge) == 0);
                assertThat(stream.read(true).answer().ended()).isFalse();
            }
        }
    }

    @Test
    void heads_halfSent_countAsKept() {
        int half = 30_000;
        int[] begun = new int[half];
        begun[0] = 1; // HEADERS
        begun[1] = 0x80; // of 0x7f00 bytes
        begun[3] = 0x7f;
        try (TestEdge edge = TestEdge.startHttp3()) {
            H3Client client = H3Client.connect(edge.httpsPort());
            try (client) {
                for (int i = 0; i < STREAMS; i++) {
                    client.open().raw(false, begun);
                }
                // The window of the connection lets in at least this much of it.
                await().until(() -> unread(edge) > 1 << 20);
            }
            await().until(() -> unread(edge) == 0);
        }
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long unread(TestEdge edge) {
        return edge.metric("berth_edge_unread_bytes");
    }
}
