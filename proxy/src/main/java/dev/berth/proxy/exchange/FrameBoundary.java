package dev.berth.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * Knows where the WebSocket frames of one direction end (RFC 6455 section 5.2), without looking
 * into them: only between two frames may another one be put in.
 */
final class FrameBoundary {
    private static final int LENGTH = 0x7f;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MASK_BYTES = 4;

    private int headBytes;
    private int headLength = 2;
    private int extended;
    private long payload;
    private long payloadLeft;

    /** Bytes that pass; the buffer is not changed. */
    void pass(ByteBuf bytes) {
        pass(bytes, false);
    }

    /** Only those that complete the frame on its way pass; how many they are. */
    int passToEnd(ByteBuf bytes) {
        return pass(bytes, true);
    }

    private int pass(ByteBuf bytes, boolean untilBetween) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !(untilBetween && between())) {
            if (payloadLeft > 0) {
                long step = Math.min(payloadLeft, end - at);
                payloadLeft -= step;
                at += (int) step;
            } else {
                head(bytes.getByte(at) & 0xff);
                at++;
            }
        }
        return at - bytes.readerIndex();
    }

    /** Whether the last frame is complete. */
    boolean between() {
        return headBytes == 0 && payloadLeft == 0;
    }

    private void head(int value) {
        headBytes++;
        if (headBytes == 2) {
            int length = value & LENGTH;
            int lengthBytes = length == TWO_BYTES ? 2 : length == EIGHT_BYTES ? 8 : 0;
            payload = lengthBytes == 0 ? length : 0;
            extended = 2 + lengthBytes;
            headLength = extended + ((value & MASKED) == 0 ? 0 : MASK_BYTES);
        } else if (headBytes > 2 && headBytes <= extended) {
            payload = (payload << 8) | value;
        }
        if (headBytes >= 2 && headBytes == headLength) {
            headBytes = 0;
            headLength = 2;
            payloadLeft = payload;
        }
    }
}
