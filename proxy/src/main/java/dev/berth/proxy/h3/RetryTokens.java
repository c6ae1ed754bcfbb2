package dev.berth.proxy.h3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has a client prove its address before anything is kept for it (RFC 9000 section 8.1.2), when many
 * handshakes are under way: a flood of first packets with forged addresses then costs an answer
 * each and no memory. In quiet times that round trip is spared; the answer to an unproven address
 * is at most three times what it has sent. A token is the time, a seal over it, the client's
 * address and the connection id, and that id; its key is made anew at each start and leaves the
 * process never. Confined to the event loop.
 */
final class RetryTokens implements QuicTokenHandler {
    private static final String SEAL = "HmacSHA256";
    private static final int SEAL_BYTES = 32;
    private static final int HEAD_BYTES = Long.BYTES + SEAL_BYTES;
    private static final Duration LIFE = Duration.ofSeconds(10);
    private static final int NOT_VALID = -1;

    private final InstantSource clock;
    private final BooleanSupplier wanted;
    private final Mac mac;

    /**
     * With a key of its own.
     *
     * @param wanted whether clients have to prove their address now
     */
    RetryTokens(InstantSource clock, SecureRandom random, BooleanSupplier wanted) {
        this.clock = clock;
        this.wanted = wanted;
        byte[] key = new byte[SEAL_BYTES];
        random.nextBytes(key);
        try {
            this.mac = Mac.getInstance(SEAL);
            mac.init(new SecretKeySpec(key, SEAL));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + SEAL, e);
        }
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf dcid, InetSocketAddress address) {
        if (!wanted.getAsBoolean()) {
            return false;
        }
        long now = clock.millis();
        byte[] id = ByteBufUtil.getBytes(dcid);
        out.writeLong(now).writeBytes(seal(now, address, id)).writeBytes(id);
        return true;
    }

    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        int length = token.readableBytes();
        if (length <= HEAD_BYTES || length > maxTokenLength()) {
            return NOT_VALID;
        }
        int start = token.readerIndex();
        long made = token.getLong(start);
        byte[] seal = ByteBufUtil.getBytes(token, start + Long.BYTES, SEAL_BYTES);
        byte[] id = ByteBufUtil.getBytes(token, start + HEAD_BYTES, length - HEAD_BYTES);
        long age = clock.millis() - made;
        boolean valid =
                MessageDigest.isEqual(seal, seal(made, address, id))
                        && age >= 0
                        && age <= LIFE.toMillis();
        return valid ? HEAD_BYTES : NOT_VALID;
    }

    @Override
    public int maxTokenLength() {
        return HEAD_BYTES + Quic.MAX_CONN_ID_LEN;
    }

    private byte[] seal(long made, InetSocketAddress address, byte[] id) {
        byte[] ip = address.getAddress().getAddress();
        mac.update(
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES + 1)
                        .putLong(made)
                        .putInt(address.getPort())
                        .put((byte) ip.length)
                        .flip());
        mac.update(ip);
        return mac.doFinal(id);
    }
}
