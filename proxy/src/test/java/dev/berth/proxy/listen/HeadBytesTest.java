package dev.berth.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadBytesTest {
    private final HeadBytes bytes = new HeadBytes();

    @Test
    void process_wholeHead_stopsAtItsEnd() {
        String head = "\r\nGET / HTTP/1.1\r\nA: b\tc\r\nB: \u00e9\r\n\r\n";

        assertThat(scan(head + "\u0000body")).isEqualTo(head.length() - 1);
        assertThat(bytes.complete()).isTrue();
        assertThat(bytes.violated()).isFalse();
    }

    @Test
    void process_partOfAHead_isNeitherCompleteNorViolated() {
        assertThat(scan("GET / HTTP/1.1\r\nA: b\r")).isEqualTo(-1);
        assertThat(bytes.begun()).isTrue();
        assertThat(bytes.complete()).isFalse();
        assertThat(bytes.violated()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A\n",
                "A\rB",
                "A\u0000",
                "A\u001f",
                "A\u007f",
                " A",
                "\tA",
                "A\r\n B",
                "A\r\n\tB",
                "\n",
                "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
            })
    void process_forbidden_isViolated(String text) {
        scan(text);

        assertThat(bytes.violated()).isTrue();
    }

    private int scan(String text) {
        ByteBuf buffer = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        try {
            return buffer.forEachByte(bytes);
        } finally {
            buffer.release();
        }
    }
}
