package dev.berth.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.http.RequestHead;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyRulesTest {
    private long now;

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, 1000000, application/octet-stream, true",
        "HTTP/1.1, -1, application/octet-stream, true",
        "HTTP/1.1, -1, application/grpc, true",
        "HTTP/2.0, -1, application/json, true",
        "HTTP/2.0, -1, , true",
        "HTTP/2.0, 1000000, application/grpc, true",
        "HTTP/2.0, -1, application/grpc+proto, false"
    })
    void check_aByteNowAndThen_isTooSlowForAllButCalls(
            String protocol, long length, String type, boolean refused) {
        RequestHead head =
                new RequestHead(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.POST,
                        "/",
                        DefaultHttpHeadersFactory.headersFactory());
        head.spokenIn(protocol);
        head.framed(length);
        if (type != null) {
            head.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        }
        BodyRules rules = new BodyRules(head, () -> now);
        boolean rejected = false;
        for (int i = 1; i < 10; i++) {
            now += Duration.ofSeconds(20).toNanos();
            rejected |=
                    rules.check(
                                    new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1])),
                                    i,
                                    null,
                                    false)
                            != null;
        }

        assertThat(rejected).isEqualTo(refused);
    }
}
