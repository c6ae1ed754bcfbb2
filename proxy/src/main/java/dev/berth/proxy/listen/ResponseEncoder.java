package dev.berth.proxy.listen;

import dev.berth.proxy.http.HeaderBytes;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Writes responses with the bytes of their fields unchanged, and no body where none may be. */
final class ResponseEncoder extends HttpResponseEncoder {
    /** Larger bodies cost more to copy than to send as a second buffer. */
    private static final int MAX_JOINED = 4096;

    private boolean hasBody = true;
    private int joined;

    /** Tells whether a body follows the next final head. */
    void expectBody(boolean bodyFollows) {
        hasBody = bodyFollows;
    }

    /** The next head comes with its whole body, of so many bytes. */
    void expectInOneBuffer(int bodyBytes) {
        joined = bodyBytes <= MAX_JOINED ? bodyBytes : 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return (!hasBody && response.status().codeClass() != HttpStatusClass.INFORMATIONAL)
                || super.isContentAlwaysEmpty(response);
    }

    @Override
    protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
        HeaderBytes.write(headers, out, joined);
        joined = 0;
    }
}
