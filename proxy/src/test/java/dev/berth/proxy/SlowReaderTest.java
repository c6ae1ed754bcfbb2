package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestTimeouts;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time, but take something. */
class SlowReaderTest {
    /** What a read takes, each a few times within the limit of 300 ms. */
    private static final int SIP = 24 * 1024;

    /** Text of which an encoding leaves three quarters. */
    private static final byte[] TEXT = text();

    @TempDir private Path site;

    @Test
    void encodedFile_takenSlowly_comesWhole() throws IOException {
        Files.write(site.resolve("data.json"), TEXT);
        try (TestEdge edge = TestEdge.start(TestTimeouts.quick())) {
            edge.serve(files());
            int length = awaitEncoded(edge.port());
            try (Socket client = slow(edge.port())) {
                assertThat(drain(client)).isGreaterThan(length);
            }
        }
    }

    private Route files() {
        return Routes.route("a.test", "/", new Route.Files(site.toString(), false))
                .with(new PolicyOf().compress().build());
    }

    private static int awaitEncoded(int port) {
        await().until(() -> "gzip".equals(encoded(port).field("content-encoding")));
        return Integer.parseInt(String.valueOf(encoded(port).field("content-length")));
    }

    private static RawClient.Response encoded(int port) {
        return RawClient.get(port, "a.test", "/data.json", "Accept-Encoding: gzip");
    }

    /** With the least that the kernel may hold for it. */
    private static Socket slow(int port) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(4096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.getOutputStream()
                .write(
                        """
                        GET /data.json HTTP/1.1\r
                        Host: a.test\r
                        Accept-Encoding: gzip\r
                        Connection: close\r
                        \r
                        """
                                .getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static long drain(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        long all = 0;
        while (true) {
            int taken = in.readNBytes(SIP).length;
            if (taken == 0) {
                return all;
            }
            all += taken;
            await().pollDelay(Duration.ofMillis(30)).until(() -> true);
        }
    }

    private static byte[] text() {
        byte[] text = new byte[3 << 20];
        Random random = new Random(6);
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (' ' + random.nextInt(64));
        }
        return text;
    }
}
