package dev.berth.proxy.encode;

import io.netty.buffer.ByteBuf;

/**
 * Encodes one body, piece by piece; what a piece gave can be decoded as soon as it has arrived.
 * Confined to one thread at a time.
 */
public interface BodyEncoder {
    /**
     * The encoded form of a piece, owned by the caller; may be empty.
     *
     * @param piece released here
     */
    ByteBuf encode(ByteBuf piece);

    /** What ends the body, owned by the caller. The encoder is of no use after that. */
    ByteBuf finish();

    /** Gives up; may be called at any time, also twice. */
    void close();
}
