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
 *       limited by {@link ResetWatch})
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

    /** Clients give the window back in steps of 4 KiB and more, for stream and connection. */
    private static final int BYTES_PER_UPDATE = 1024;

    private static final int UPDATES_PER_FRAME = 4;

    /** For what may be on its way to a client that has yet to read it: 16 MiB. */
    private static final int MOST_UPDATES = 16 * 1024;

    private final Allowance resets = new Allowance(200, 20, 200);
    private final Allowance pings = new Allowance(100, 10, 100);
    private final Allowance settings = new Allowance(50, 2, 50);
    private final Allowance priorities = new Allowance(300, 30, 300);
    private final Allowance windowUpdates = new Allowance(500, 50, MOST_UPDATES);
    private final Allowance emptyData = new Allowance(50, 5, 50);
    private final Allowance others = new Allowance(50, 5, 50);
    private int continuations;

    /**
     * A HEADERS or DATA frame goes out, or what becomes several.
     *
     * @param bytes of DATA
     */
    void sent(int bytes) {
        pings.earn(1);
        windowUpdates.earn(UPDATES_PER_FRAME + bytes / BYTES_PER_UPDATE);
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
