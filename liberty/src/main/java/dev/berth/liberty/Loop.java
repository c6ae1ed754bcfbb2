package dev.berth.liberty;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The reconciler's loop, as far as the process starts, stops and shows it. */
public interface Loop extends AutoCloseable {
    /** Begins with a pass at once. */
    void start();

    /** True while passes are made. */
    boolean running();

    /** When the config repo was last read with success; {@code null} before the first. */
    @Nullable Instant fetchedAt();

    /** Calls that changed something in the engine since the start. */
    long engineWrites();

    @Override
    void close();
}
