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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes encoders: gzip always, zstd and brotli once their native libraries are loaded. At most so
 * many at a time, because each holds up to a megabyte; what comes beyond goes out as it is.
 * Thread-safe.
 */
public final class Encoders {
    private static final Logger LOG = LoggerFactory.getLogger(Encoders.class);
    private static final int MOST = 64;
    private static final int GZIP_LEVEL = 6;
    private static final int BROTLI_QUALITY = 4;
    private static final int BROTLI_WINDOW = 18;

    private final AtomicInteger running = new AtomicInteger();
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

    /** An encoder, which must be finished or closed; {@code null} when too many are running. */
    public @Nullable BodyEncoder start(Coding coding, ByteBufAllocator allocator) {
        if (running.incrementAndGet() > MOST) {
            running.decrementAndGet();
            return null;
        }
        Runnable end = running::decrementAndGet;
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
