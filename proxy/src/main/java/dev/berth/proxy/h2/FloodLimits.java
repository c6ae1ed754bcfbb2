package dev.berth.proxy.h2;

import dev.berth.proxy.limit.Allowance;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Ends a connection that floods (RFC 9113 section 10.5): frames that cost the edge work and move no
 * request are counted, each kind against its {@link Allowance}.
 *
 * <ol>
 *   <li>RST_STREAM: rapid reset, CVE-2023-44487 (resets that a client has <em>us</em> send are
 *       limited by the encoder, see {@link Http2Protocol})
 *   <li>CONTINUATION without end: CVE-2024-27316
 *   <li>PING, SETTINGS, PRIORITY and empty DATA: CVE-2019-9512, 9515, 9513, 9518
 *   <li>WINDOW_UPDATE in small steps: CVE-2019-9511
 *   <li>frames of unknown type
 * </ol>
 */
final class FloodLimits implements FrameRule {
    private static final int END_STREAM = 0x1;

    /** A header list that is small enough fits three frames of 16 KiB. */
    private static final int MAX_CONTINUATIONS = 16;

    private final Allowance resets = new Allowance(200, 20, 0);
    private final Allowance pings = new Allowance(100, 10, 1);
    private final Allowance settings = new Allowance(50, 2, 0);
    private final Allowance priorities = new Allowance(300, 30, 0);
    private final Allowance windowUpdates = new Allowance(500, 50, 4);
    private final Allowance emptyData = new Allowance(50, 5, 0);
    private final Allowance others = new Allowance(50, 5, 0);
    private int continuations;

    /** A HEADERS or DATA frame goes out. */
    void sent() {
        pings.sent();
        windowUpdates.sent();
    }

    @Override
    public void check(int type, int flags, int streamId, int length) throws Http2Exception {
        boolean allowed =
                switch (type) {
                    case 0 -> length > 0 || (flags & END_STREAM) != 0 || emptyData.take();
                    case 1 -> {
                        continuations = 0;
                        yield true;
                    }
                    case 2, 0x10 -> priorities.take();
                    case 3 -> resets.take();
                    case 4 -> settings.take();
                    case 6 -> pings.take();
                    case 8 -> windowUpdates.take();
                    case 9 -> ++continuations <= MAX_CONTINUATIONS;
                    default -> others.take();
                };
        if (!allowed) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "too many frames of type %d", type);
        }
    }
}
