package dev.berth.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameBoundaryTest {
    @ParameterizedTest
    @CsvSource({
        "0, false",
        "0, true",
        "1, false",
        "125, true",
        "126, false",
        "126, true",
        "65535, false",
        "65536, true",
        "70000, false"
    })
    void pass_frames_isBetweenOnlyAfterWholeOnes(int payload, boolean masked) {
        byte[] frame = frame(payload, masked);
        byte[] two = Arrays.copyOf(frame, frame.length * 2);
        System.arraycopy(frame, 0, two, frame.length, frame.length);
        int step = Math.max(1, frame.length / 7);
        FrameBoundary boundary = new FrameBoundary();
        assertThat(boundary.between()).isTrue();
        for (int at = 0; at < two.length; at += step) {
            int length = Math.min(step, two.length - at);
            ByteBuf piece = Unpooled.wrappedBuffer(two, at, length);
            boundary.pass(piece);

            assertThat(piece.readableBytes()).isEqualTo(length);
            assertThat(boundary.between())
                    .as("after %d of %d", at + length, frame.length)
                    .isEqualTo((at + length) % frame.length == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 4", "4, 1"})
    void passToEnd_restOfAFrame_stopsThere(int before, int expected) {
        byte[] frame = frame(3, false);
        FrameBoundary boundary = new FrameBoundary();
        boundary.pass(Unpooled.wrappedBuffer(frame, 0, before));
        byte[] rest = Arrays.copyOf(Arrays.copyOfRange(frame, before, frame.length), 50);

        assertThat(boundary.passToEnd(Unpooled.wrappedBuffer(rest))).isEqualTo(expected);
        assertThat(boundary.between()).isTrue();
    }

    private static byte[] frame(int payload, boolean masked) {
        ByteBuf frame = Unpooled.buffer();
        int mask = masked ? 0x80 : 0;
        frame.writeByte(0x82);
        if (payload < 126) {
            frame.writeByte(mask | payload);
        } else if (payload < 65_536) {
            frame.writeByte(mask | 126).writeShort(payload);
        } else {
            frame.writeByte(mask | 127).writeLong(payload);
        }
        if (masked) {
            frame.writeInt(0x12345678);
        }
        byte[] bytes = new byte[frame.readableBytes() + payload];
        Arrays.fill(bytes, (byte) 0xff);
        frame.getBytes(0, bytes, 0, frame.readableBytes());
        return bytes;
    }
}
