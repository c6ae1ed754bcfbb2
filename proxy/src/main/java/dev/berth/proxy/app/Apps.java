package dev.berth.proxy.app;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of each app that a route ever led to. Thread-safe. */
public final class Apps {
    private final ConcurrentMap<String, AppState> states = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /**
     * Of no app yet.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public Apps(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The state of an app; {@code null} stands for requests that are no app's. */
    public AppState of(@Nullable String app) {
        String name = app == null ? "" : app;
        AppState known = states.get(name);
        return known != null ? known : states.computeIfAbsent(name, _ -> new AppState(nanoTime));
    }
}
