package dev.berth.proxy.upstream;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Reads responses, knowing whether the request was a HEAD, whose answer never has a body. */
final class ResponseDecoder extends HttpResponseDecoder {
    private boolean headRequest;

    ResponseDecoder() {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(8 * 1024)
                        .setMaxHeaderSize(64 * 1024)
                        .setMaxChunkSize(FrugalReads.MAX_READ));
    }

    /** Tells what the next response answers. */
    void expect(boolean answerToHead) {
        headRequest = answerToHead;
    }

    /** Whether nothing is left to decode: bytes after a response were asked for by nobody. */
    boolean drained() {
        return actualReadableBytes() == 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        // Netty reads a 101 without Sec-WebSocket-Accept as an ancient draft with a body.
        return headRequest
                || (message instanceof HttpResponse response && response.status().code() == 101)
                || super.isContentAlwaysEmpty(message);
    }
}
