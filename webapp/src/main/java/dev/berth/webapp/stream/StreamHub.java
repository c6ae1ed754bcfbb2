package dev.berth.webapp.stream;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.StatusBoard;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everyone who listens. Each has a thread of its own and gets the newest state, not every pass: one
 * who reads slowly misses what was in between and holds nobody up. Thread-safe.
 *
 * <ul>
 *   <li>{@code pass}: a pass has finished; sent at once with the newest.
 *   <li>{@code resource}: the status of a resource that is not as this listener was last told.
 *   <li>a comment every 15 s, so that both sides notice a dead connection.
 * </ul>
 */
public final class StreamHub implements AutoCloseable {
    private static final int MOST_LISTENERS = 200;

    private final StatusBoard board;
    private final Duration heartbeat;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

    public StreamHub(StatusBoard board, Duration heartbeat) {
        this.board = board;
        this.heartbeat = heartbeat;
    }

    /**
     * Begins to tell a client, until it goes away.
     *
     * @throws UnavailableException if there are too many already
     */
    public void open(SseEventSink sink, Sse sse) throws UnavailableException {
        if (listeners.size() >= MOST_LISTENERS) {
            throw new UnavailableException(
                    "There are %d listeners already".formatted(MOST_LISTENERS), null);
        }
        Listener listener = new Listener(sink, sse, heartbeat);
        listeners.add(listener);
        Thread.ofVirtual().name("berth-stream").start(() -> serve(listener));
    }

    /** Clients that listen now. */
    public int listening() {
        return listeners.size();
    }

    @Override
    public void close() {
        listeners.forEach(Listener::close);
    }

    private void serve(Listener listener) {
        try (StatusBoard.Subscription subscription = board.subscribe(listener::tell)) {
            StatusBoard.Posting newest = board.newest();
            if (newest != null) {
                listener.tell(newest.pass());
            }
            listener.run(subscription);
        } finally {
            listeners.remove(listener);
        }
    }
}
