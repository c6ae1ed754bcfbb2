package dev.berth.proxy.h3;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RetryTokensTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 4000);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final InstantSource clock = now::get;
    private final RetryTokens tokens = tokens();

    private RetryTokens tokens() {
        return new RetryTokens(clock, new SecureRandom(), () -> true);
    }

    private byte[] token() {
        ByteBuf out = Unpooled.buffer(tokens.maxTokenLength());
        assertThat(tokens.writeToken(out, Unpooled.wrappedBuffer(new byte[] {1, 2, 3}), CLIENT))
                .isTrue();
        byte[] token = new byte[out.readableBytes()];
        out.readBytes(token);
        return token;
    }

    private static int validate(RetryTokens by, byte[] token, InetSocketAddress address) {
        return by.validateToken(Unpooled.wrappedBuffer(token), address);
    }

    @Test
    void validate_ownToken_saysWhereTheConnectionIdBegins() {
        byte[] token = token();

        int at = validate(tokens, token, CLIENT);
        assertThat(at).isEqualTo(token.length - 3);
        assertThat(token).endsWith(1, 2, 3);
    }

    @Test
    void validate_otherAddressOrPort_isRefused() {
        byte[] token = token();

        assertThat(validate(tokens, token, new InetSocketAddress("192.0.2.2", 4000))).isEqualTo(-1);
        assertThat(validate(tokens, token, new InetSocketAddress("192.0.2.1", 4001))).isEqualTo(-1);
    }

    @Test
    void validate_anyByteChanged_isRefused() {
        byte[] token = token();
        for (int i = 0; i < token.length; i++) {
            byte[] changed = token.clone();
            changed[i] ^= 1;
            assertThat(validate(tokens, changed, CLIENT)).as("byte %d", i).isEqualTo(-1);
        }
    }

    @Test
    void validate_tooOldOrOfAnotherProcess_isRefused() {
        byte[] token = token();

        assertThat(validate(tokens(), token, CLIENT)).isEqualTo(-1);
        now.set(START.plusSeconds(11));
        assertThat(validate(tokens, token, CLIENT)).isEqualTo(-1);
    }

    @Test
    void validate_tooShortOrLong_isRefused() {
        assertThat(validate(tokens, new byte[0], CLIENT)).isEqualTo(-1);
        assertThat(validate(tokens, new byte[40], CLIENT)).isEqualTo(-1);
        assertThat(validate(tokens, new byte[2000], CLIENT)).isEqualTo(-1);
    }

    @Test
    void write_notWanted_asksForNone() {
        RetryTokens quiet = new RetryTokens(clock, new SecureRandom(), () -> false);

        assertThat(quiet.writeToken(Unpooled.buffer(), Unpooled.EMPTY_BUFFER, CLIENT)).isFalse();
    }
}
