package dev.berth.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private final MemoryBudget memory = new MemoryBudget(100_000);

    @Test
    void sendTo_small_canBeSentAgainUntilTheAnswerBegins() {
        RequestBody body = new RequestBody(6, memory);
        HttpContent first = piece("abc");
        HttpContent last = last("def");
        body.add(first);
        assertThat(send(body)).isEqualTo("abc");
        assertThat(body.allSent()).isFalse();
        body.add(last);
        assertThat(send(body)).isEqualTo("def");
        assertThat(body.allSent()).isTrue();

        body.rewind();
        assertThat(body.allSent()).isFalse();
        assertThat(send(body)).isEqualTo("abcdef");

        body.stopKeeping();
        assertThat(body.replayable()).isFalse();
        assertThat(body.allSent()).isTrue();
        assertThat(first.refCnt() + last.refCnt()).isZero();
    }

    @Test
    void sendTo_largeOrUnknown_isPassedOnAtOnce() {
        for (long length : new long[] {-1, RequestBody.MAX_REPLAY + 1}) {
            RequestBody body = new RequestBody(length, memory);
            HttpContent piece = piece("abc");
            body.add(piece);

            assertThat(body.replayable()).isFalse();
            assertThat(send(body)).isEqualTo("abc");
            assertThat(piece.refCnt()).isZero();
        }
    }

    @Test
    void stopKeeping_piecesNotSentYet_areStillSent() {
        RequestBody body = new RequestBody(6, memory);
        body.add(piece("abc"));
        send(body);
        body.add(last("def"));

        body.stopKeeping();

        assertThat(body.allSent()).isFalse();
        assertThat(send(body)).isEqualTo("def");
        assertThat(body.allSent()).isTrue();
    }

    @Test
    void release_anything_isFreed() {
        RequestBody body = new RequestBody(6, memory);
        HttpContent sent = piece("abc");
        HttpContent waiting = last("def");
        body.add(sent);
        send(body);
        body.add(waiting);

        body.release();

        assertThat(sent.refCnt() + waiting.refCnt()).isZero();
    }

    private static String send(RequestBody body) {
        StringBuilder sent = new StringBuilder();
        body.sendTo(
                piece -> {
                    sent.append(piece.content().toString(StandardCharsets.UTF_8));
                    piece.release();
                });
        return sent.toString();
    }

    private static HttpContent piece(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private static HttpContent last(String text) {
        return new DefaultLastHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    @Test
    void keep_memoryIsSpent_isNotReplayable() {
        RequestBody first = new RequestBody(60_000, memory);
        RequestBody second = new RequestBody(60_000, memory);
        assertThat(first.replayable()).isTrue();
        assertThat(second.replayable()).isFalse();
        assertThat(memory.taken()).isEqualTo(60_000);

        first.stopKeeping();
        first.release();
        second.release();

        assertThat(memory.taken()).isZero();
    }
}
