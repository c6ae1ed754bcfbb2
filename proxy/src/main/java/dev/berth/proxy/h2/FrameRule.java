package dev.berth.proxy.h2;

import io.netty.handler.codec.http2.Http2Exception;

/**
 * One rule on frames as they come off the wire, before anything is done for them. Has the state of
 * one connection, and is confined to its event loop.
 */
sealed interface FrameRule permits FloodLimits, StreamOrder {
    /**
     * Looks at the next frame.
     *
     * @param type as RFC 9113 section 6 numbers them
     * @throws Http2Exception that ends the connection with its error in the GOAWAY
     */
    void check(int type, int flags, int streamId, int length) throws Http2Exception;
}
