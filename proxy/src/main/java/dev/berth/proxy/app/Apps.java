package dev.berth.proxy.app;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of each app that a route ever led to. Thread-safe. */
public final class Apps {
    private final ConcurrentMap<String, AppState> states = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private final Wakes wakes;

    /**
     * Of no app yet.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @param onWake called when a sleeping app is to be woken; must not block
     */
    public Apps(LongSupplier nanoTime, Runnable onWake) {
        this.nanoTime = nanoTime;
        this.wakes = new Wakes(onWake);
    }

    /** Sleeping apps that are asked for. */
    public Wakes wakes() {
        return wakes;
    }

    /** Every app that a table has had, by name. */
    public Map<String, AppState> all() {
        return Map.copyOf(states);
    }

    /** The state of an app; {@code null} stands for requests that are no app's. */
    public AppState of(@Nullable String app) {
        String name = app == null ? "" : app;
        AppState known = states.get(name);
        return known != null ? known : states.computeIfAbsent(name, _ -> new AppState(nanoTime));
    }
}
