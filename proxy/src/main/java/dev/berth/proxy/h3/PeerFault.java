package dev.berth.proxy.h3;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Exception;
import io.netty.handler.codec.http3.Http3HeadersValidationException;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicStreamResetException;
import java.io.IOException;

/** What an exception in a pipeline says about the other end. */
enum PeerFault {
    /** Nothing: it is a bug of ours. */
    None,
    /** It has reset the stream. */
    Cancelled,
    /** It has sent what is no request. */
    Malformed,
    /** It, or the way to it, is gone; what is to be closed is closed already. */
    Lost;

    static PeerFault of(Throwable cause) {
        return switch (cause) {
            case QuicStreamResetException _ -> Cancelled;
            case Http3HeadersValidationException _ -> Malformed;
            // The codec closes the connection for all others.
            case Http3Exception http ->
                    http.errorCode() == Http3ErrorCode.H3_MESSAGE_ERROR ? Malformed : Lost;
            // What the codec throws for a content-length that is no number.
            case DecoderException _, IllegalArgumentException _ -> Malformed;
            case QuicException _, IOException _ -> Lost;
            default -> None;
        };
    }
}
