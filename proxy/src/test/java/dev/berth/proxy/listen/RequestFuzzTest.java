package dev.berth.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.testing.FuzzCorpus;
import dev.berth.proxy.testing.StrictRequests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Any bytes of a connection: the edge passes on at most the requests that the letter of RFC 9112
 * finds in them, with the same bodies, each with one Host and one framing field at most, however
 * the bytes are cut.
 */
public final class RequestFuzzTest {
    private static final byte[] CHUNKED =
            "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    @TestFactory
    Stream<DynamicTest> heads() {
        return FuzzCorpus.of("request-heads").replay(Heads::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> chunks() {
        return FuzzCorpus.of("request-chunks").replay(Chunks::fuzzerTestOneInput);
    }

    /** All bytes of a connection. */
    public static final class Heads {
        private Heads() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            check(bytes);
        }
    }

    /** What follows a head that announces chunks. */
    public static final class Chunks {
        private Chunks() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            byte[] all = Arrays.copyOf(CHUNKED, CHUNKED.length + bytes.length);
            System.arraycopy(bytes, 0, all, CHUNKED.length, bytes.length);
            check(all);
        }
    }

    private static void check(byte[] bytes) {
        Read whole = Read.of(bytes);
        List<StrictRequests.Request> strict = StrictRequests.in(bytes);
        assertThat(whole.requests()).hasSizeLessThanOrEqualTo(strict.size());
        for (int i = 0; i < whole.requests().size(); i++) {
            compare(whole.requests().get(i), strict.get(i));
        }
        int cut = bytes.length == 0 ? 0 : Math.floorMod(Arrays.hashCode(bytes), bytes.length);
        Read cutOnce =
                Read.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length));
        assertThat(summary(cutOnce)).isEqualTo(summary(whole));
    }

    private static void compare(Read.Request read, StrictRequests.Request strict) {
        assertThat(strict.line()).startsWith(read.method() + " ");
        assertThat(strict.body()).startsWith(read.body());
        if (read.complete()) {
            assertThat(strict.complete()).isTrue();
            assertThat(strict.body()).isEqualTo(read.body());
        }
        StrictRequests.Request sent = read.atBackend();
        assertThat(sent.line()).isEqualTo(read.method() + " " + read.uri() + " HTTP/1.1");
        assertThat(sent.all("host")).hasSize(1);
        List<String> length = sent.all("content-length");
        List<String> coding = sent.all("transfer-encoding");
        assertThat(length.size() + coding.size()).isLessThan(2);
        assertThat(coding).isSubsetOf("chunked");
        assertThat(sent.all("connection")).isEmpty();
    }

    /** What must not depend on how the bytes come. */
    private static String summary(Read read) {
        StringBuilder summary = new StringBuilder();
        for (Read.Request request : read.requests()) {
            summary.append(new String(request.wire(), StandardCharsets.ISO_8859_1));
            if (request.complete()) {
                summary.append(request.body()).append("\nend\n");
            }
        }
        return summary.append(read.rejection() != null).toString();
    }
}
