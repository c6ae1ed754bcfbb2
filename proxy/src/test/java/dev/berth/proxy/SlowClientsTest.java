package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many clients that send next to nothing. */
class SlowClientsTest {
    private static final int SLOW = 2000;
    private static final String HEAD_BEGUN = "GET / HTTP/1.1\r\nHost: a.test\r\nX-Slow: ";

    @Test
    void fastClient_besideTwoThousandSlowHeads_isUnharmed() throws Exception {
        try (TestEdge edge = TestEdge.start();
                TestBackend backend = TestBackend.saying("fast");
                Held slow = new Held(new ArrayList<>())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            long[] alone = fast(edge);
            for (int i = 0; i < SLOW; i++) {
                slow.channels.add(slowClient(edge, 1 + i % 200));
            }
            await().until(() -> edge.metric("berth_edge_connections") >= SLOW);

            long[] beside = fast(edge);
            drip(slow.channels);
            long[] whileTheyDrip = fast(edge);

            assertThat(edge.metric("berth_edge_connections")).isGreaterThanOrEqualTo(SLOW);
            assertThat(median(beside)).isLessThan(20 * median(alone) + 5_000_000);
            assertThat(median(whileTheyDrip)).isLessThan(20 * median(alone) + 5_000_000);
            for (SocketChannel channel : slow.channels) {
                assertThat(rest(channel)).startsWith("HTTP/1.1 408 ");
            }
            await().until(() -> edge.metric("berth_edge_connections") < SLOW / 10);
        }
    }

    @Test
    void oneClient_tooManyConnections_areClosedAndOthersAreServed() throws Exception {
        try (TestEdge edge = TestEdge.start(Timeouts.DEFAULT, new ConnectionLimits(1000, 10));
                TestBackend backend = TestBackend.saying("fast");
                Held held = new Held(new ArrayList<>())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            for (int i = 0; i < 10; i++) {
                held.channels.add(slowClient(edge, 7));
            }
            await().until(() -> edge.metric("berth_edge_connections") == 10);

            try (SocketChannel refused = slowClient(edge, 7)) {
                assertThat(isClosed(refused)).isTrue();
            }
            assertThat(RawClient.get(edge.port(), "a.test", "/").body()).isEqualTo("fast");
            assertThat(edge.edge().metrics()).contains("berth_edge_connections_refused_total 1\n");

            held.channels.removeFirst().close();
            await().until(() -> edge.metric("berth_edge_connections") == 9);
            try (SocketChannel again = slowClient(edge, 7)) {
                await().until(() -> edge.metric("berth_edge_connections") == 10);
                assertThat(again.isConnected()).isTrue();
            }
        }
    }

    /** Closed before the edge is, which would wait for them. */
    private record Held(List<SocketChannel> channels) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    private static SocketChannel slowClient(TestEdge edge, int host) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(
                new InetSocketAddress(
                        InetAddress.getByAddress(new byte[] {127, 0, 2, (byte) host}), 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.port()));
        try {
            channel.write(ByteBuffer.wrap(HEAD_BEGUN.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // The edge may have closed it by now, which is what some tests look for.
        }
        return channel;
    }

    /** What comes until the edge closes it. */
    private static String rest(SocketChannel channel) throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(4096);
        while (channel.read(rest) >= 0) {
            // on
        }
        return new String(rest.array(), 0, rest.position(), StandardCharsets.UTF_8);
    }

    private static boolean isClosed(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static void drip(List<SocketChannel> slow) throws IOException {
        for (SocketChannel channel : slow) {
            channel.write(ByteBuffer.wrap(new byte[] {'x'}));
        }
    }

    /** Nanoseconds of each of many requests on one connection. */
    private static long[] fast(TestEdge edge) {
        long[] times = new long[300];
        try (RawClient client = RawClient.connect(edge.port())) {
            for (int i = 0; i < times.length; i++) {
                long begin = System.nanoTime();
                assertThat(client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").response().body())
                        .isEqualTo("fast");
                times[i] = System.nanoTime() - begin;
            }
        }
        return times;
    }

    private static long median(long[] times) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
