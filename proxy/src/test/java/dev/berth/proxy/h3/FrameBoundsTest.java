package dev.berth.proxy.h3;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class FrameBoundsTest {
    /**
     * HEADERS of 2 bytes, a reserved frame of type 0x40 + 0x21 without any, DATA of 3 in 4 bytes.
     */
    private static final int[] FRAMES = {1, 2, 9, 9, 0x40, 0x40, 0, 0, 0x80, 0, 0, 3, 7, 7, 7};

    @Test
    void between_afterEachByte_onlyWhereAFrameHasEnded() {
        FrameBounds bounds = new FrameBounds();
        for (int i = 0; i < FRAMES.length; i++) {
            assertThat(bounds.between()).as("before byte %d", i).isEqualTo(isStart(i));
            bounds.pass(Unpooled.wrappedBuffer(new byte[] {(byte) FRAMES[i]}));
        }
        assertThat(bounds.between()).isTrue();
    }

    @Test
    void pass_allAtOnce_leadsToTheSame() {
        byte[] bytes = new byte[FRAMES.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) FRAMES[i];
        }
        FrameBounds whole = new FrameBounds();
        whole.pass(Unpooled.wrappedBuffer(bytes));
        FrameBounds cut = new FrameBounds();
        cut.pass(Unpooled.wrappedBuffer(bytes, 0, bytes.length - 1));

        assertThat(whole.between()).isTrue();
        assertThat(whole.takeOthers()).isEqualTo(1);
        assertThat(whole.takeOthers()).isZero();
        assertThat(cut.between()).isFalse();
    }

    /** Only the codec's own store counts: of DATA and others it keeps nothing. */
    @Test
    void kept_isWhatHasComeOfAHeadersFrame() {
        FrameBounds bounds = new FrameBounds();
        long[] kept = new long[FRAMES.length];
        for (int i = 0; i < FRAMES.length; i++) {
            bounds.pass(Unpooled.wrappedBuffer(new byte[] {(byte) FRAMES[i]}));
            kept[i] = bounds.kept();
        }
        assertThat(kept).isEqualTo(new long[] {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    }

    private static boolean isStart(int at) {
        return at == 0 || at == 4 || at == 7;
    }
}
