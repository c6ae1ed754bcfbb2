package dev.berth.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.testing.ProxyHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever begins a connection: it is understood in one way, however its bytes are cut. */
class ProxyHeaderFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final List<byte[]> SEEDS =
            List.of(
                    text("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n"),
                    text("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n"),
                    text("PROXY UNKNOWN\r\n"),
                    ProxyHeaders.tcp4("192.0.2.1", 443),
                    ProxyHeaders.tcp4(
                            "192.0.2.1",
                            443,
                            (byte) 3,
                            (byte) 0,
                            (byte) 4,
                            (byte) 1,
                            (byte) 2,
                            (byte) 3,
                            (byte) 4),
                    ProxyHeaders.of(0x21, 0x21, new byte[36]),
                    ProxyHeaders.of(0x20, 0, new byte[0]));
    private static final byte[] LIKELY = text(" \r\n.:0129PTCU\0\1\21\41\377");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void read_mutated_isOneThingAndStays(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = mutated(random);
            ProxyHeader whole = read(bytes);
            check(whole, bytes);
            int cut = random.nextInt(bytes.length + 1);
            ProxyHeader part = read(Arrays.copyOf(bytes, cut));
            // What was decided by fewer bytes is not decided otherwise by more.
            if (!(part instanceof ProxyHeader.Incomplete)) {
                assertThat(whole).as("seed %d round %d", seed, i).hasSameClassAs(part);
            }
        }
    }

    private static void check(ProxyHeader read, byte[] bytes) {
        switch (read) {
            case ProxyHeader.Incomplete _ ->
                    assertThat(bytes.length).isLessThan(ProxyHeader.MAX_BINARY);
            case ProxyHeader.Malformed(String why) -> assertThat(why).isNotEmpty();
            case ProxyHeader.Local(int length) -> assertThat(length).isBetween(15, bytes.length);
            case ProxyHeader.Proxied(String client, int port, int length) -> {
                assertThat(NetUtil.createByteArrayFromIpAddressString(client)).isNotNull();
                assertThat(port).isBetween(0, 65_535);
                assertThat(length).isBetween(28, bytes.length);
            }
        }
    }

    private static byte[] mutated(Random random) {
        byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = LIKELY[random.nextInt(LIKELY.length)];
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                default -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(200));
            }
        }
        return bytes;
    }

    private static ProxyHeader read(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        return ProxyHeader.read(buffer);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
