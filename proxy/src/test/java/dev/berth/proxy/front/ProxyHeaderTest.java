package dev.berth.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.testing.ProxyHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {
    @Test
    void read_text_isTheClientAndThePortItWanted() {
        assertThat(text("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET"))
                .isEqualTo(new ProxyHeader.Proxied("192.0.2.1", 443, 45));
        assertThat(text("PROXY TCP6 2001:DB8::1 ::1 0 65535\r\n"))
                .isEqualTo(new ProxyHeader.Proxied("2001:db8::1", 65_535, 36));
    }

    @Test
    void read_textUnknown_isTheProxyItself() {
        assertThat(text("PROXY UNKNOWN\r\n")).isEqualTo(new ProxyHeader.Local(15));
        assertThat(text("PROXY UNKNOWN what ever\r\n")).isEqualTo(new ProxyHeader.Local(25));
    }

    @Test
    void read_everyBeginningOfText_needsMore() {
        String whole = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
        for (int i = 0; i < whole.length(); i++) {
            assertThat(text(whole.substring(0, i))).isEqualTo(new ProxyHeader.Incomplete());
        }
    }

    @Test
    void read_oddText_isMalformed() {
        for (String odd :
                new String[] {
                    "GET / HTTP/1.1\r\n",
                    "PROXX",
                    "proxy tcp4 1.1.1.1 2.2.2.2 1 2\r\n",
                    "PROXY\r\n ",
                    "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
                    "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
                    "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n",
                    "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
                    "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n",
                    "PROXY TCP4 1.1.1.1:9 2.2.2.2 1 2\r\n",
                    "PROXY TCP4 ::1 ::1 1 2\r\n",
                    "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
                    "PROXY TCP6 [::1] ::1 1 2\r\n",
                    "PROXY TCP6 fe80::1%1 ::1 1 2\r\n",
                    "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n",
                    "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
                    "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n",
                    "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n",
                    "PROXY UNKNOWN " + "x".repeat(100) + "\r\n"
                }) {
            assertThat(text(odd)).as(odd).isInstanceOf(ProxyHeader.Malformed.class);
        }
    }

    @Test
    void read_binary_isTheClientAndThePortItWanted() {
        assertThat(binary(ProxyHeaders.tcp4("192.0.2.1", 8443)))
                .isEqualTo(new ProxyHeader.Proxied("192.0.2.1", 8443, 28));
        byte[] six = new byte[36];
        six[15] = 7;
        six[35] = 80;
        assertThat(binary(ProxyHeaders.of(0x21, 0x21, six)))
                .isEqualTo(new ProxyHeader.Proxied("::7", 80, 52));
    }

    @Test
    void read_binaryExtensions_areSkipped() {
        byte[] header =
                ProxyHeaders.tcp4(
                        "192.0.2.1", 80, (byte) 4, (byte) 0, (byte) 2, (byte) 9, (byte) 9);

        assertThat(binary(header)).isEqualTo(new ProxyHeader.Proxied("192.0.2.1", 80, 33));
    }

    @Test
    void read_binaryOfOtherKinds_isTheProxyItself() {
        assertThat(binary(ProxyHeaders.of(0x20, 0, new byte[0])))
                .isEqualTo(new ProxyHeader.Local(16));
        assertThat(binary(ProxyHeaders.of(0x20, 0x11, new byte[12])))
                .isEqualTo(new ProxyHeader.Local(28));
        assertThat(binary(ProxyHeaders.of(0x21, 0, new byte[3])))
                .isEqualTo(new ProxyHeader.Local(19));
        assertThat(binary(ProxyHeaders.of(0x21, 0x31, new byte[216])))
                .isEqualTo(new ProxyHeader.Local(232));
    }

    @Test
    void read_everyBeginningOfBinary_needsMore() {
        byte[] whole = ProxyHeaders.tcp4("192.0.2.1", 80);
        for (int i = 0; i < whole.length; i++) {
            assertThat(binary(Arrays.copyOf(whole, i))).isEqualTo(new ProxyHeader.Incomplete());
        }
    }

    @Test
    void read_oddBinary_isMalformed() {
        byte[] signature = ProxyHeaders.tcp4("192.0.2.1", 80);
        signature[11] ^= 1;
        assertThat(binary(signature)).isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(binary(ProxyHeaders.of(0x11, 0x11, new byte[12])))
                .isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(binary(ProxyHeaders.of(0x22, 0x11, new byte[12])))
                .isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(binary(ProxyHeaders.of(0x21, 0x11, new byte[11])))
                .isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(binary(ProxyHeaders.of(0x21, 0x11, new byte[14])))
                .isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(binary(ProxyHeaders.of(0x21, 0x21, new byte[35])))
                .isInstanceOf(ProxyHeader.Malformed.class);
        byte[] tooFar = new byte[15];
        tooFar[14] = 1;
        assertThat(binary(ProxyHeaders.of(0x21, 0x11, tooFar)))
                .isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(binary(ProxyHeaders.of(0x21, 0x11, new byte[5000])))
                .isInstanceOf(ProxyHeader.Malformed.class);
    }

    private static ProxyHeader text(String text) {
        return binary(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ProxyHeader binary(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        ProxyHeader read = ProxyHeader.read(buffer);
        assertThat(buffer.readableBytes()).isEqualTo(bytes.length);
        return read;
    }
}
