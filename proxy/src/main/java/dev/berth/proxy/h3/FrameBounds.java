package dev.berth.proxy.h3;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames among the bytes of a stream (RFC 9114 section 7.1), to know whether it ends in
 * the middle of one: a body that was cut off must not pass for a whole one. Confined to the event
 * loop.
 */
final class FrameBounds {
    private static final int HEADERS = 1;

    /** Still to come of the number that is being read; 0 before its first byte. */
    private int bytesLeft;

    private boolean inLength;
    private long number;
    private long payloadLeft;
    private boolean gathers;
    private long gathered;
    private int others;

    /** Takes how many frames have begun since the last time that are neither HEADERS nor DATA. */
    int takeOthers() {
        int begun = others;
        others = 0;
        return begun;
    }

    /** These bytes have come. Does not move the buffer's indexes. */
    void pass(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (payloadLeft > 0) {
                long skipped = Math.min(payloadLeft, end - at);
                payloadLeft -= skipped;
                at += (int) skipped;
                gathered = gathers && payloadLeft > 0 ? gathered + skipped : 0;
            } else {
                number(bytes.getByte(at++));
            }
        }
    }

    /** Whether a stream may end here. */
    boolean between() {
        return payloadLeft == 0 && bytesLeft == 0 && !inLength;
    }

    /**
     * Bytes of a HEADERS frame that has not come as a whole: the codec keeps them until then, while
     * it passes on or drops what it has of other frames.
     */
    long kept() {
        return gathered;
    }

    /** A byte of a variable-length integer (RFC 9000 section 16). */
    private void number(byte next) {
        if (bytesLeft == 0) {
            bytesLeft = 1 << ((next & 0xc0) >> 6);
            number = next & 0x3f;
        } else {
            number = number << 8 | (next & 0xff);
        }
        bytesLeft--;
        if (bytesLeft == 0) {
            payloadLeft = inLength ? number : 0;
            gathers = inLength ? gathers : number == HEADERS;
            others += !inLength && number > HEADERS ? 1 : 0;
            inLength = !inLength;
        }
    }
}
