package dev.berth.proxy.upstream;

import dev.berth.proxy.http.HeaderBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * Writes requests with the bytes of their fields unchanged, and with our own version, whatever the
 * client speaks (RFC 9110 section 6.2).
 */
final class RequestEncoder extends HttpRequestEncoder {
    private static final byte[] VERSION =
            (" " + HttpVersion.HTTP_1_1.text() + "\r\n").getBytes(StandardCharsets.US_ASCII);

    @Override
    protected void encodeInitialLine(ByteBuf out, HttpRequest request) {
        ByteBufUtil.copy(request.method().asciiName(), out);
        out.writeByte(' ');
        out.writeCharSequence(request.uri(), StandardCharsets.ISO_8859_1);
        out.writeBytes(VERSION);
    }

    @Override
    protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
        HeaderBytes.write(headers, out, 0);
    }
}
