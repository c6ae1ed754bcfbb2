package dev.berth.proxy.exchange;

import dev.berth.proxy.encode.BodyEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;

/** The pieces of an answer's body as an encoder gives them. Confined to the event loop. */
final class EncodedBody {
    private final BodyEncoder encoder;

    EncodedBody(BodyEncoder encoder) {
        this.encoder = encoder;
    }

    /** The encoded form of a piece, which is released; may be empty. */
    HttpContent piece(HttpContent piece) {
        return new DefaultHttpContent(encoder.encode(piece.content()));
    }

    /** The encoded end, with the same trailers. */
    LastHttpContent last(LastHttpContent last) {
        ByteBuf begin =
                last.content().isReadable() ? encoder.encode(last.content()) : released(last);
        LastHttpContent end =
                new DefaultLastHttpContent(Unpooled.wrappedBuffer(begin, encoder.finish()));
        end.trailingHeaders().set(last.trailingHeaders());
        return end;
    }

    void close() {
        encoder.close();
    }

    private static ByteBuf released(LastHttpContent last) {
        last.release();
        return Unpooled.EMPTY_BUFFER;
    }
}
