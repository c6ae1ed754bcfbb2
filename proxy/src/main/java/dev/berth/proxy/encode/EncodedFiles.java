package dev.berth.proxy.encode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files encoded when first asked for, and kept in a bounded memory, least recently used out first.
 * Encoding happens on a thread of its own, few at a time. Thread-safe.
 */
public final class EncodedFiles {
    /** Larger files go out as they are. */
    public static final long MAX_FILE = 4L << 20;

    private static final long MAX_BYTES = 16L << 20;
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private final Encoders encoders;
    private final Semaphore cores =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final Object lock = new Object();
    private final Map<Key, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, CompletableFuture<byte @Nullable []>> making = new LinkedHashMap<>();
    private long bytes;

    /** None yet. */
    public EncodedFiles(Encoders encoders) {
        this.encoders = encoders;
    }

    /** What can be made of a file. */
    public Encoders encoders() {
        return encoders;
    }

    /**
     * The encoded bytes of a file, which nobody changes.
     *
     * @param etag stands for the content
     * @param size that the file must have
     * @param taker called once, at once or on another thread; with {@code null} when the file
     *     cannot be encoded
     */
    public void get(
            Path file, String etag, long size, Coding coding, Consumer<byte @Nullable []> taker) {
        Key key = new Key(file, etag, coding);
        byte[] known;
        CompletableFuture<byte @Nullable []> running;
        synchronized (lock) {
            known = kept.get(key);
            running = known != null ? null : making.get(key);
            if (known == null && running == null) {
                running = new CompletableFuture<>();
                making.put(key, running);
                CompletableFuture<byte @Nullable []> started = running;
                Thread.ofVirtual().name("encode").start(() -> make(key, size, started));
            }
        }
        if (running == null) {
            taker.accept(known);
        } else {
            var _ = running.thenAccept(taker);
        }
    }

    private void make(Key key, long size, CompletableFuture<byte @Nullable []> promise) {
        byte[] encoded = null;
        cores.acquireUninterruptibly();
        try {
            byte[] plain = Files.readAllBytes(key.file());
            encoded = plain.length == size ? encode(plain, key.coding()) : null;
        } catch (IOException e) {
            // it is gone: whoever asked finds that out by themselves
        } finally {
            cores.release();
            synchronized (lock) {
                making.remove(key);
                if (encoded != null) {
                    keep(key, encoded);
                }
            }
            var _ = promise.complete(encoded);
        }
    }

    private void keep(Key key, byte[] encoded) {
        kept.put(key, encoded);
        bytes += encoded.length;
        Iterator<byte[]> oldest = kept.values().iterator();
        while (bytes > MAX_BYTES && oldest.hasNext()) {
            bytes -= oldest.next().length;
            oldest.remove();
        }
    }

    private byte[] encode(byte[] plain, Coding coding) {
        BodyEncoder encoder = encoders.uncounted(coding, ALLOCATOR);
        ByteBuf all =
                Unpooled.wrappedBuffer(
                        encoder.encode(Unpooled.wrappedBuffer(plain)), encoder.finish());
        try {
            return ByteBufUtil.getBytes(all);
        } finally {
            all.release();
        }
    }

    private record Key(Path file, String etag, Coding coding) {}
}
