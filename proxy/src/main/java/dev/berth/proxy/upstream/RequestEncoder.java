package dev.berth.proxy.upstream;

import dev.berth.proxy.http.HeaderBytes;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequestEncoder;

/** Writes requests with the bytes of their fields unchanged. */
final class RequestEncoder extends HttpRequestEncoder {
    @Override
    protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
        HeaderBytes.write(headers, out, 0);
    }
}
