package dev.berth.proxy.h2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Refuses HEADERS that open nothing (RFC 9113 section 5.1 and 5.1.1): on a stream that the client
 * has ended itself, or with an identifier lower than the highest so far that was never used. What
 * still arrives for a stream that <em>we</em> have reset is no fault. Remembers the {@value
 * #REMEMBERED} newest streams.
 */
final class StreamOrder implements FrameRule {
    private static final int HEADERS = 1;
    private static final int DATA = 0;
    private static final int RST_STREAM = 3;
    private static final int END_STREAM = 0x1;
    private static final int REMEMBERED = 256;

    private final int[] opened = new int[REMEMBERED];
    private final int[] ended = new int[REMEMBERED];
    private int highest;

    @Override
    public void check(int type, int flags, int streamId, int length) throws Http2Exception {
        int slot = streamId >>> 1 & REMEMBERED - 1;
        if (type == HEADERS) {
            if (streamId > highest) {
                highest = streamId;
                opened[slot] = streamId;
            } else {
                checkAgain(streamId, slot);
            }
        }
        boolean ends = (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0;
        if (ends || type == RST_STREAM) {
            ended[slot] = streamId;
        }
    }

    private void checkAgain(int streamId, int slot) throws Http2Exception {
        if (ended[slot] == streamId) {
            throw Http2Exception.connectionError(
                    Http2Error.STREAM_CLOSED, "HEADERS after the end of stream %d", streamId);
        }
        if (highest - streamId < 2 * REMEMBERED && opened[slot] != streamId) {
            throw Http2Exception.connectionError(
                    Http2Error.PROTOCOL_ERROR, "stream %d after %d", streamId, highest);
        }
    }
}
