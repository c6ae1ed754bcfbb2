package dev.berth.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
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
    void keep_announcedOnly_takesNoMemory() {
        RequestBody announced = new RequestBody(60_000, memory);
        RequestBody second = new RequestBody(60_000, memory);

        assertThat(memory.taken()).isZero();
        assertThat(announced.replayable()).isTrue();
        assertThat(second.replayable()).isTrue();
        announced.release();
        second.release();
    }

    @Test
    void keep_memoryIsSpent_isNotReplayable() {
        RequestBody first = new RequestBody(60_000, memory);
        RequestBody second = new RequestBody(60_000, memory);
        first.add(piece("a".repeat(60_000)));
        second.add(piece("b".repeat(30_000)));
        assertThat(send(second)).hasSize(30_000);
        assertThat(second.replayable()).isTrue();
        assertThat(memory.taken()).isEqualTo(90_000);

        HttpContent tooMuch = last("c".repeat(30_000));
        second.add(tooMuch);
        assertThat(second.replayable()).isFalse();
        assertThat(new RequestBody(60_000, memory).replayable()).isFalse();
        assertThat(send(second)).startsWith("c").hasSize(30_000);
        assertThat(second.allSent()).isTrue();
        assertThat(tooMuch.refCnt()).isZero();
        assertThat(memory.taken()).isEqualTo(60_000);

        first.release();
        second.release();
        assertThat(memory.taken()).isZero();
    }

    @Test
    void keep_noBodyAndMemoryIsSpent_isReplayable() {
        memory.overdraw(200_000);

        RequestBody none = new RequestBody(0, memory);
        none.add(LastHttpContent.EMPTY_LAST_CONTENT);

        assertThat(none.replayable()).isTrue();
        assertThat(memory.taken()).isEqualTo(200_000);
        none.release();
    }
}
