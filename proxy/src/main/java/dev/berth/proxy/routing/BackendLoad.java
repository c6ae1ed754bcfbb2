package dev.berth.proxy.routing;

import dev.berth.schemas.edge.Backend;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend and the requests in flight to it, from the choice of the backend to the last byte of
 * the answer; an upgraded connection counts until it closes. One object per backend for as long as
 * it is routed or has requests, whatever tables come and go. Thread-safe.
 */
public final class BackendLoad {
    private final Backend backend;
    private final Runnable onDrainProgress;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final BackendHealth health = new BackendHealth();
    private final String key;
    private final Set<Runnable> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean routed = true;
    private volatile boolean streamsMustEnd;

    /**
     * No request yet.
     *
     * @param onDrainProgress called, from any thread, when a request to a backend that is no longer
     *     routed has ended; must not block
     */
    public BackendLoad(Backend backend, Runnable onDrainProgress) {
        this.backend = backend;
        this.onDrainProgress = onDrainProgress;
        this.key = StickyCookie.key(backend);
    }

    public Backend backend() {
        return backend;
    }

    /** What is known of how it does. */
    public BackendHealth health() {
        return health;
    }

    /** Stands for the backend in cookies; tells nothing else about it. */
    String key() {
        return key;
    }

    /** Requests in flight now. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Requests in flight that are upgraded connections or event streams. */
    public int streams() {
        return streams.size();
    }

    /**
     * A request in flight has become a stream.
     *
     * @param onUnrouted called, on any thread, each time the backend goes out of traffic, and when
     *     streams must end; must not block
     */
    public void streamBegins(Runnable onUnrouted) {
        streams.add(onUnrouted);
    }

    /** The stream that was announced with this has ended. */
    public void streamEnds(Runnable onUnrouted) {
        streams.remove(onUnrouted);
    }

    /** Whether new requests may be sent here; pooled connections are kept only then. */
    public boolean routed() {
        return routed;
    }

    /** A request claimed by {@link Router#route} has ended. Exactly once per claim. */
    public void leave() {
        inFlight.decrementAndGet();
        if (!routed) {
            onDrainProgress.run();
        }
    }

    /** Whether streams end now, whatever grace they have. */
    public boolean streamsMustEnd() {
        return streamsMustEnd;
    }

    /** Takes the backend out of traffic and ends its streams now. */
    void endStreams() {
        streamsMustEnd = true;
        routed = false;
        streams.forEach(Runnable::run);
    }

    void enter() {
        inFlight.incrementAndGet();
    }

    void route(boolean isRouted) {
        boolean leaves = routed && !isRouted;
        routed = isRouted;
        if (leaves) {
            streams.forEach(Runnable::run);
        }
    }
}
