package dev.berth.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import org.junit.jupiter.api.Test;

class ResponseFieldsTest {
    /** 100 other values would fill the table of 4096 bytes nearly twice. */
    @Test
    void isUnique_idsOfManyAnswers_pushOutNothingThatComesAgain() throws Http2Exception {
        DefaultHttp2HeadersEncoder encoder =
                new DefaultHttp2HeadersEncoder((name, _) -> ResponseFields.isUnique(name));
        String policy = "default-src 'self'; ".repeat(20);
        int first = bytesOf(encoder, 0, policy);
        for (int answer = 1; answer < 100; answer++) {
            assertThat(bytesOf(encoder, answer, policy))
                    .as("answer %d", answer)
                    .isLessThan(first / 4);
        }
    }

    private static int bytesOf(DefaultHttp2HeadersEncoder encoder, int answer, String policy)
            throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(
                3,
                new DefaultHttp2Headers()
                        .status("200")
                        .add("content-security-policy", policy)
                        .add("x-request-id", "%032x".formatted(answer)),
                block);
        int bytes = block.readableBytes();
        block.release();
        return bytes;
    }
}
