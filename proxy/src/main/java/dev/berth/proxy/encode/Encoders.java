package dev.berth.proxy.encode;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.util.Native;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.compression.Brotli;
import io.netty.handler.codec.compression.BrotliEncoder;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes encoders: gzip always, zstd and brotli once their native libraries are loaded. Bodies on
 * their way are encoded at most so many at a time, because each holds up to a megabyte; no app has
 * more than half of these, so that slow readers of one leave some to the others. What comes beyond
 * goes out as it is. Thread-safe.
 */
public final class Encoders {
    private static final Logger LOG = LoggerFactory.getLogger(Encoders.class);
    static final int MOST = 64;
    static final int MOST_OF_ONE_APP = MOST / 2;
    private static final int GZIP_LEVEL = 6;
    private static final int BROTLI_QUALITY = 4;
    private static final int BROTLI_WINDOW = 18;

    private final AtomicInteger running = new AtomicInteger();
    private final ConcurrentMap<String, Integer> byApp = new ConcurrentHashMap<>();
    private volatile List<Coding> available = List.of(Coding.GZIP);

    /**
     * Loads the libraries; takes a third of a second, which no start waits for.
     *
     * @param directory where they are put
     */
    public void load(Path directory) {
        NativeLibraries.unpack(directory);
        List<Coding> found = new ArrayList<>();
        if (zstdLoads()) {
            found.add(Coding.ZSTD);
        }
        if (Brotli.isAvailable()) {
            found.add(Coding.BROTLI);
        }
        found.add(Coding.GZIP);
        available = List.copyOf(found);
    }

    /** The codings that can be made, in the order of preference. */
    public List<Coding> available() {
        return available;
    }

    /**
     * An encoder for a body on its way, which must be finished or closed; {@code null} when too
     * many are running.
     *
     * @param app whose body it is; empty = no app's
     */
    public @Nullable BodyEncoder start(Coding coding, ByteBufAllocator allocator, String app) {
        if (running.incrementAndGet() > MOST) {
            running.decrementAndGet();
            return null;
        }
        Integer ofApp = byApp.merge(app, 1, Integer::sum);
        if (ofApp != null && ofApp > MOST_OF_ONE_APP) {
            ended(app);
            return null;
        }
        return encoder(coding, allocator, () -> ended(app));
    }

    /** An encoder that does not count; its user sees to it that there are few. */
    BodyEncoder uncounted(Coding coding, ByteBufAllocator allocator) {
        return encoder(coding, allocator, () -> {});
    }

    private void ended(String app) {
        byApp.computeIfPresent(app, (_, count) -> count == 1 ? null : count - 1);
        running.decrementAndGet();
    }

    private static BodyEncoder encoder(Coding coding, ByteBufAllocator allocator, Runnable end) {
        return switch (coding) {
            case ZSTD -> new ZstdEncoder(allocator, end);
            case BROTLI ->
                    new HandlerEncoder(
                            new BrotliEncoder(
                                    new Encoder.Parameters()
                                            .setQuality(BROTLI_QUALITY)
                                            .setWindow(BROTLI_WINDOW)),
                            end);
            case GZIP ->
                    new HandlerEncoder(
                            ZlibCodecFactory.newZlibEncoder(ZlibWrapper.GZIP, GZIP_LEVEL), end);
        };
    }

    /** Encoders that were neither finished nor closed. */
    public int running() {
        return running.get();
    }

    private static boolean zstdLoads() {
        try {
            Native.load();
            return Native.isLoaded();
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            LOG.info("answers are not compressed with zstd: {}", e.toString());
            return false;
        }
    }
}
